"""A file of a sweep becomes champion by the real command line; MLflow loads it."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest

from runner.settings.targets import Target
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.litert import by_litert
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in, store_in
from tests.helpers.terminal import on_terminal

TARGETS = [Target.TFLITE_DYNAMIC, Target.TFLITE_INT8]


@pytest.fixture
def client(folder: Path, monkeypatch: pytest.MonkeyPatch) -> mlflow.MlflowClient:
    """Let MLflow look into the sweep's store, as a user does."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store_in(folder).uri)
    return mlflow.MlflowClient()


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_AFTER,
    )


def _promote(tool: Command, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Promote, with a limit that every file keeps unless another is given."""
    done = tool("promote", "latest", "--max-drop", "1", *arguments)
    assert done.returncode == code, done.stderr
    return done


def _promoted(tool: Command, *arguments: str) -> dict[str, Any]:
    done = _promote(tool, *arguments, "--json")
    assert done.stderr == ""
    values: dict[str, Any] = json.loads(done.stdout)
    return values


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("target", TARGETS)
def test_the_champion_gives_the_probabilities_of_its_file(
    folder: Path, tool: Command, images: np.ndarray, labels: np.ndarray, target: str
) -> None:
    before = {run.id: (run.status, run.ended, run.metrics) for run in runs_in(folder, "point")}
    values = _promoted(tool, "--target", target, "--name", f"the {target}")
    assert (values["target"], values["version"], values["previous"]) == (target, "1", None)
    point = store_in(folder).get(values["run_id"])
    expected = by_litert(file_of(folder, point, f"models/{target}.tflite"), images)

    model = mlflow.pyfunc.load_model(values["uri"])
    given = model.predict(images)
    assert (given.dtype, given.shape) == (np.float32, (len(images), 3))
    np.testing.assert_array_equal(given, expected)
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=0.02)
    assert np.mean(given.argmax(axis=1) == labels) > 0.9
    # Pixels as they are in a file are scaled by the model itself.
    pixels = np.rint(images * 255)
    scaled = model.predict(pixels.astype(np.float32), params={"scale": "0..255"})
    np.testing.assert_allclose(scaled, expected, atol=1e-6)
    given = model.predict(pixels.astype(np.uint8))
    np.testing.assert_allclose(given, expected, atol=1e-6)
    with pytest.raises(ValueError, match=r"must have the shape \('N', 8, 8, 1\); got \(30, 64\)"):
        model.predict(images.reshape(30, 64))
    assert model.metadata.signature.params.params[0].default == "0..1"
    with pytest.raises(ValueError, match=r"scale=-1\.\.1: must be 0\.\.1, or 0\.\.255 for pixels"):
        model.predict(images, params={"scale": "-1..1"})
    # A server asks from several threads, and for batches of several sizes.
    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(lambda size: model.predict(images[:size]), [0, 1, 7, 30] * 10))
    for part in parts:
        np.testing.assert_array_equal(part.argmax(axis=1), expected[: len(part)].argmax(axis=1))
    many = np.concatenate([images] * 8)
    assert model.predict(many).argmax(axis=1).tolist() == expected.argmax(axis=1).tolist() * 8

    after = {run.id: (run.status, run.ended, run.metrics) for run in runs_in(folder, "point")}
    assert after == before


def test_a_version_says_what_it_is_and_takes_no_tensorflow_to_make(
    folder: Path, client: mlflow.MlflowClient, tmp_path: Path
) -> None:
    command = ["-Ximporttime", "-m", "runner.promote", "latest", "--max-drop", "1", "--json"]
    done = _run(folder, *command)
    assert re.search(r"\| +mlflow\.pyfunc$", done.stderr, re.MULTILINE)
    assert not re.search(r"\| +(tensorflow|tf_keras)\b", done.stderr)
    values = json.loads(done.stdout)
    assert values["name"] == "npz-lenet_300_100"
    (sweep,) = runs_in(folder, "sweep")
    made = client.get_model_version_by_alias(values["name"], "champion")
    assert made.run_id == values["run_id"]
    for name in ("target", "fingerprint", "baseline_run_id", "sha256", "point"):
        assert made.tags[f"runner.{name}"] == values[name]
    assert (made.tags["runner.sweep"], made.tags["runner.sweep_run_id"]) == (
        "initial_sparsity-x-final_sparsity",
        sweep.id,
    )
    assert f"{values['figures']['zip_bytes']:,.0f} bytes zipped" in made.description
    assert "; its drop is within 100 points with 95 % confidence; " in made.description
    assert (made.tags["runner.certainty"], made.tags["runner.confidence"]) == ("within", "0.95")
    assert values["evidence"]["certainty"]["validation"] == "within"

    info = mlflow.models.get_model_info(values["uri"])
    assert info.signature.outputs.inputs[0].shape == (-1, 3)
    inside = made.source.partition("/artifacts/")[2]
    saved = store_in(folder).fetch(store_in(folder).get(made.run_id), inside, tmp_path)
    pinned = (saved / "requirements.txt").read_text().split()
    assert [each.split("==")[0] for each in pinned] == ["ai-edge-litert", "mlflow", "numpy"]
    assert not re.search(r"^(from|import) runner", (saved / "served.py").read_text(), re.MULTILINE)
    assert info.metadata["classes"] == ["0", "1", "2"]
    assert info.metadata["image_shape"] == [8, 8, 1]
    assert info.metadata["input"]["scale"] == "0..1"
    assert values["classes"] == ["0", "1", "2"]
    assert made.description.endswith("; classes: 0, 1, 2")
    assert (saved / "artifacts" / "labels.txt").read_text() == "0\n1\n2\n"
    example = json.loads((saved / "input_example.json").read_text())
    assert np.shape(example) == (1, 8, 8, 1)


def test_the_champion_before_stays_at_hand(tool: Command, client: mlflow.MlflowClient) -> None:
    def aliases() -> dict[str, int]:
        return {key: int(value) for key, value in client.get_registered_model("a").aliases.items()}

    dynamic, int8 = (("--name", "a", "--target", each) for each in TARGETS)
    assert "is version 1 now: tflite_dynamic" in _promote(tool, *dynamic).stdout
    assert aliases() == {"champion": 1}
    assert "is version 2 now, after version 1: tflite_int8" in _promote(tool, *int8).stdout
    assert aliases() == {"champion": 2, "previous": 1}

    again = _promote(tool, *int8)
    assert again.stdout.startswith("nothing changed: models:/a@champion is this file already")
    assert aliases() == {"champion": 2, "previous": 1}
    assert len(client.search_model_versions("name='a'")) == 2

    assert _promoted(tool, *dynamic)["changed"]
    assert aliases() == {"champion": 3, "previous": 2}
    # A version of before, whose copy of the code that answers requests is another one.
    client.delete_model_version_tag("a", "3", "runner.served")
    assert _promoted(tool, *dynamic)["changed"]
    assert not _promoted(tool, *dynamic)["changed"]
    assert aliases() == {"champion": 4, "previous": 2}
    # The files of a version are its own: those of version 1 are not written anew.
    assert len({each.source for each in client.search_model_versions("name='a'")}) == 4


def test_a_worse_challenger_is_promoted_by_force_only(
    tool: Command, client: mlflow.MlflowClient
) -> None:
    def of(sparsity: str) -> list[str]:
        return ["--name", "forced", "--where", f"schedule.final_sparsity={sparsity}"]

    def champion() -> int:
        return int(client.get_model_version_by_alias("forced", "champion").version)

    first = _promote(tool, *of("0.8"), "--dry-run")
    assert "nothing was changed: models:/forced@champion would be this file" in first.stdout
    assert _promoted(tool, *of("0.8"))["version"] == "1"
    same = _promote(tool, *of("0.8"), "--dry-run").stdout
    assert "models:/forced@champion is this file already, as version 1" in same

    done = _promote(tool, *of("0.5"), code=1)
    (line,) = done.stdout.splitlines()
    assert line.startswith(
        "not promoted: worse than the champion, version 1, on what was asked: it takes "
    )
    assert line.endswith("; --force promotes it all the same")
    assert _promote(tool, *of("0.5"), "--yes", code=1).stdout == done.stdout
    values = json.loads(_promote(tool, *of("0.5"), "--yes", "--json", code=1).stdout)
    assert (values["champion"]["worse"], values["changed"]) == (True, False)
    shown = _promote(tool, *of("0.5"), "--dry-run").stdout
    assert re.search(r"^ +champion, version 1 +challenger$", shown, re.MULTILINE)
    assert re.search(
        r"^test accuracy \(95 % interval\) +\S+% \(\S+% to \S+%\)", shown, re.MULTILINE
    )
    assert champion() == 1
    forced = _promote(tool, *of("0.5"), "--force").stdout
    assert "models:/forced@champion is version 2 now, after version 1" in forced
    # Not worse, and nobody to be asked.
    assert _promoted(tool, *of("0.8"))["version"] == "3"
    assert champion() == 3


# It imports MLflow once, and asks each time.
_ASKING = """
import sys
from runner import promote
for number in range(4):
    try:
        promote.main()
    except SystemExit as left:
        print(f"exit code {left.code}", flush=True)
"""


@pytest.mark.long
def test_on_a_terminal_it_asks(folder: Path, tool: Command, client: mlflow.MlflowClient) -> None:
    name = ["--name", "asked", "--where", "schedule.final_sparsity=0.5"]
    _promote(tool, *name, "--target", "tflite_dynamic")
    command = [sys.executable, "-c", _ASKING, "latest", "--max-drop", "1", *name]
    with on_terminal([*command, "--target", "tflite_int8"], folder, columns=80) as terminal:
        for key, code in (("\x03", 130), ("\x04", 1), ("n\n", 1), ("y\n", 0)):
            shown = terminal.read_until("Promote? [y/N]")
            assert "not worse than the champion, version 1, on what was asked" in shown
            assert client.get_model_version_by_alias("asked", "champion").version == 1
            table = shown.partition("not worse")[0]
            assert max(map(len, table.splitlines())) <= 80
            terminal.type(key)
            shown = terminal.read_until("exit code ")
            assert terminal.read_until("\n").strip() == str(code), shown
            assert "Traceback" not in shown
            assert ("nothing was promoted" in shown) == (code == 1)
    assert client.get_model_version_by_alias("asked", "champion").version == 2


def test_where_nothing_qualifies_the_registry_is_untouched(
    tool: Command, client: mlflow.MlflowClient
) -> None:
    done = _promote(tool, "--name", "none", "--max-zip-bytes", "10", code=1)
    assert done.stdout.startswith("no file keeps --max-zip-bytes=10; the closest, tflite_dynamic")
    assert "none" not in [each.name for each in client.search_registered_models()]


def test_what_cannot_be_served_is_refused_before_mlflow_is_imported(tmp_path: Path) -> None:
    command = ["-Ximporttime", "-m", "runner.promote", "latest", "--target", "h5"]
    done = _run(tmp_path, *command)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "python -m runner.promote: --target=h5: must be a file that is served: tflite_float32"
    )
    assert not re.search(r"\| +mlflow\b", done.stderr)


@pytest.mark.parametrize("name", ["a/b", "a?b", " "])
def test_a_bad_name_is_refused_in_one_line(tool: Command, name: str) -> None:
    done = _promote(tool, "--name", name, code=2)
    assert re.fullmatch(r"python -m runner\.promote: --name=.*\n", done.stderr)
