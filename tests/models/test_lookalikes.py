"""Models as people bring them, from their file to the file to ship."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.lookalikes import LOOKALIKES, Array, Files, Lookalike, draw, make
from tests.helpers.project import Command

TARGETS = ["h5", "tflite_float32", "tflite_int8"]


@pytest.fixture(scope="module")
def lookalikes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Files]]:
    """One sweep over all of them."""
    folder = tmp_path_factory.mktemp("lookalikes")
    files = {lookalike.name: make(lookalike, folder) for lookalike in LOOKALIKES}
    # A path with a space or a comma would need quotes; these have none.
    points = [
        "{" + ",".join(f"{name}: {value}" for name, value in one.overrides().items()) + "}"
        for one in files.values()
    ]
    command = [
        *(sys.executable, "-m", "runner", "-m", "architecture=keras_file", "dataset=npz"),
        f"+hydra.sweeper.points=[{','.join(points)}]",
        *("schedule.final_sparsity=0.5", "schedule.initial_sparsity=0.2", "schedule.epochs=3"),
        *("schedule.batch_size=16", f"export.targets=[{','.join(TARGETS)}]"),
    ]
    # Each model is inspected in a process of its own, which takes its time.
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=3 * HANGS_AFTER, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, files


@pytest.mark.long
@pytest.mark.parametrize("lookalike", LOOKALIKES, ids=lambda lookalike: lookalike.name)
@pytest.mark.parametrize("target", ["tflite_float32", "tflite_int8"])
def test_each_goes_from_its_file_to_the_file_to_ship(
    lookalike: Lookalike,
    target: str,
    lookalikes: tuple[Path, dict[str, Files]],
    tool_in: Command,
    tmp_path: Path,
) -> None:
    folder, files = lookalikes
    own = files[lookalike.name]
    output = tmp_path / "best.tflite"
    where = f"architecture.path={own.model}"
    done = tool_in(
        folder, "best", "latest", "--where", where, "--target", target, "--max-drop", "0.5",
        "--output", str(output), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    best = json.loads(done.stdout)
    assert best["baseline"]["accuracy"] == pytest.approx(own.accuracy, abs=1e-6)
    images, numbers = draw(lookalike)
    tested = images[160:].astype(np.float32)
    fed = tested if lookalike.settings.get("dataset.scale_in_file") else lookalike.feed(tested)
    targets = np.asarray(lookalike.outputs)[numbers[160:]]
    answers = _answers(output, fed.astype(np.float32), lookalike)
    recomputed = np.mean(answers == targets)
    assert best["figures"]["accuracy"] == pytest.approx(float(recomputed), abs=0.013)
    assert recomputed > 0.7
    assert Path(f"{output}.labels.txt").read_text().splitlines() == best["classes"]
    assert sum(figures["test_images"] for figures in best["by_class"]) == len(targets)
    for figures in best["by_class"]:
        number = best["classes"].index(figures["class"])
        right = float(np.mean(answers[targets == number] == number))
        assert figures["test_images"] == np.count_nonzero(targets == number)
        # One image may fall on the other side of a limit when it comes alone.
        assert figures["accuracy"] == pytest.approx(right, abs=1.1 / figures["test_images"])


def _answers(path: Path, images: Array, lookalike: Lookalike) -> Array:
    """Ask the file for one image after the other, by LiteRT alone."""
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    answers = []
    for image in images:
        values = image[np.newaxis]
        if taken["dtype"] is np.int8:
            scale, zero = taken["quantization"]
            values = np.clip(np.round(values / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(taken["index"], values)
        interpreter.invoke()
        scores = interpreter.get_tensor(given["index"])[0].astype(np.float32)
        if given["dtype"] is np.int8:
            scale, zero = given["quantization"]
            scores = (scores - zero) * scale
        if len(scores) == 1:
            answers.append(int(scores[0] > (0 if lookalike.name == "logit" else 0.5)))
        else:
            answers.append(int(scores.argmax()))
    return np.asarray(answers)
