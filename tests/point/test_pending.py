"""A finished point that lies in the cache is logged where it is true, and only there."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.device.table import devices_csv, read_devices
from runner.errors import Refused
from runner.measure.correct_table import Correct, correct_csv, read_correct
from runner.point import pending
from runner.point.context import PointContext
from runner.point.drop_figures import NAMES
from runner.point.run import run
from runner.settings.targets import Target
from runner.tracking import Notes
from tests.helpers.hostile.kept_result import forge_old_notes, kept, rename, rewrite
from tests.helpers.own_models import residual, save
from tests.helpers.project import Configure
from tests.helpers.stores import file_of, runs_in

TARGETS = "export.targets=[h5,tflite_float32]"
_BY_EPOCH = ("loss", "train_accuracy", "val_accuracy", "epoch_sparsity")
_TABLES = ("layers", "classes", "correct", "stages", "devices", "confusion/h5")
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def context(settings: Configure, tmp_path: Path) -> PointContext:
    """A point that is logged, and lies in the cache as if no store had taken it.

    A result that somebody has forged as version 0.1 wrote it lay there before.
    """
    make_repeatable(1, 1)
    context = PointContext.of(settings(TARGETS, "sweep.point=tiny"), tmp_path / "again")
    secret = tmp_path / "secret.txt"
    secret.write_text("a private text")
    forge_old_notes(context, secret)
    outcome = run(context.settings, tmp_path / "first")
    pending.keep(context, _logged(tmp_path, outcome.run_id))
    return context


def _logged(folder: Path, run_id: str) -> Notes:
    """Read back what the point has logged."""
    (record,) = (each for each in runs_in(folder, "point") if each.id == run_id)
    tables = [*_TABLES, *(["channels"] if record.metrics["channels_kept"] < 1 else [])]
    texts = [f"{name}.csv" for name in tables]
    models = sorted((folder / "first" / "models").iterdir())
    return Notes(
        tags=dict(record.tags),
        metrics=[
            (name, value, 1, int(name.endswith(_BY_EPOCH)))
            for name, value in record.metrics.items()
        ],
        files=[
            *((str(path), "models") for path in models),
            *(
                (str(path), f"tensorboard/{path.parent.name}")
                for path in (folder / "first" / "tensorboard").rglob("events*")
            ),
        ],
        texts={name: file_of(folder, record, name).read_text() for name in [*texts, "summary.txt"]},
    )


@pytest.mark.long
def test_what_is_true_is_logged_and_what_is_forged_is_not(
    context: PointContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (before,) = runs_in(tmp_path, "point")
    assert before.metrics["size_bytes/h5"] > 1
    assert [path for path in (tmp_path / "mlruns").rglob("*") if path.name == "secret.txt"] == []
    _sets_aside_what_contradicts_itself(context, tmp_path, caplog)
    outcome = run(context.settings, context.folder)
    assert outcome.summary == "finished earlier, and logged now"
    assert any("kept by an earlier version" in each for each in caplog.messages)
    (logged,) = (each for each in runs_in(tmp_path, "point") if each.id != before.id)
    once = {name for name in before.metrics if "/" in name or name.startswith("sparsity")}
    assert {name: logged.metrics[name] for name in once} == {
        name: before.metrics[name] for name in once
    }
    assert logged.params == before.params
    for target, path in outcome.files.items():
        assert path.read_bytes() == (tmp_path / "first" / "models" / path.name).read_bytes()
        assert file_of(tmp_path, logged, f"models/{path.name}").is_file(), target
    assert not kept(context).exists()


def _cut(path: Path) -> None:
    """Cut a file short, as a full disk does."""
    os.truncate(path, path.stat().st_size // 2)


def _made_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.touch(0o600)


def _metric(name: str, value: float) -> Change:
    def change(notes: dict[str, Any]) -> None:
        notes["metrics"] = [
            {**each, "value": value} if each["name"] == name else each for each in notes["metrics"]
        ]

    return change


def _added(name: str, value: float = 1.0, step: int = 0) -> Change:
    metric = {"name": name, "value": value, "timestamp": 1, "step": step}
    return lambda notes: notes["metrics"].append(metric)


def _without(*names: str) -> Change:
    def change(notes: dict[str, Any]) -> None:
        notes["metrics"] = [each for each in notes["metrics"] if each["name"] not in names]

    return change


def _replaced(table: str, old: str, new: str) -> Change:
    def change(notes: dict[str, Any]) -> None:
        assert old in notes["texts"][table]
        notes["texts"][table] = notes["texts"][table].replace(old, new)

    return change


def _answers(validation: int = 0, test: int = 0, figures: bool = True) -> Change:
    """Claim the contrary of the h5 file's first answers, with figures that go with it."""

    def change(notes: dict[str, Any]) -> None:
        table = notes["texts"]["correct.csv"]
        file = read_correct(table)[Target.H5]
        bits = [file.validation.copy(), file.test.copy()]
        for each, number in zip(bits, (validation, test), strict=True):
            each[:number] ^= True
        notes["texts"]["correct.csv"] = correct_csv({Target.H5: Correct(file.data, *bits)}, table)
        if not figures:
            return
        before = {each["name"]: each["value"] for each in notes["metrics"]}
        accuracies = [float(np.mean(each)) for each in bits]
        for name, value in zip(("validation_accuracy", "accuracy"), accuracies, strict=True):
            _metric(f"{name}/h5", value)(notes)
        drop = before["accuracy_drop/h5"] + before["accuracy/h5"] - accuracies[1]
        _metric("accuracy_drop/h5", drop)(notes)
        _without(*(f"{name}/h5" for name in NAMES))(notes)

    return change


def _flash_of_one(notes: dict[str, Any]) -> None:
    """Claim that the file takes a byte of a chip's flash."""
    rows = read_devices(notes["texts"]["devices.csv"])
    forged = [
        replace(row, figures={**row.figures, "flash_bytes": 1.0})
        if (row.target, row.device) == ("tflite_float32", "microcontroller")
        else row
        for row in rows
    ]
    notes["texts"]["devices.csv"] = devices_csv(forged)


def _wrong_notes(secret: Path, digest: str) -> dict[str, Change]:
    """Say what is wrong with notes, and make them so."""
    return {
        "size_bytes/h5 is 1": _metric("size_bytes/h5", 1.0),
        "zip_bytes/h5 is 1": _metric("zip_bytes/h5", 1.0),
        "zstd_bytes/tflite_float32 is 1": _metric("zstd_bytes/tflite_float32", 1.0),
        "litert_arena_bytes/tflite_float32 is 1": _metric("litert_arena_bytes/tflite_float32", 1.0),
        "runs_on_tflm/h5 is 1": _metric("runs_on_tflm/h5", 1.0),
        "macs is 1": _metric("macs", 1.0),
        "own/ms/h5 is 7": _added("own/ms/h5", 7.0),
        "devices.csv has other rows than the files": _replaced(
            "devices.csv", "tflite_float32,host", "h5,phone"),
        "tflite_float32 on microcontroller: it is fine": _replaced(
            "devices.csv", "32,microcontroller,yes,", "32,microcontroller,yes,=cmd()"),
        "tflite_float32 on microcontroller: flash_bytes is 1": _flash_of_one,
        "zip_ratio/h5 is 999": _metric("zip_ratio/h5", 999.0),
        "accuracy_drop/h5 is -1": _metric("accuracy_drop/h5", -1.0),
        "validation_accuracy/h5 is ": _metric("validation_accuracy/h5", 0.5),
        "accuracy/h5 is 7": _metric("accuracy/h5", 7.0),
        "validation_drop/h5 is 0.9": _metric("validation_drop/h5", 0.9),
        "validation_drop_low/h5 is -1": _metric("validation_drop_low/h5", -1.0),
        "validation_drop_high/h5 is -1": _metric("validation_drop_high/h5", -1.0),
        "accuracy_drop_low/h5 is 0.5": _metric("accuracy_drop_low/h5", 0.5),
        "accuracy_drop_high/tflite_float32 is 1": _metric("accuracy_drop_high/tflite_float32", 1.0),
        "accuracy_drop_low/h5 is nothing": _without("accuracy_drop_low/h5"),
        "correct.csv has other lines": lambda notes: notes["texts"].pop("correct.csv"),
        "correct.csv has other lines than": _replaced("correct.csv", "h5,test", "h5,tests"),
        "correct.csv has other lines than the": _replaced("correct.csv", "\n", "\n=cmd()\n"),
        "correct.csv is of other images": _replaced("correct.csv", digest, "0" * 16),
        "accuracy/h5 is": _answers(figures=False, test=1),
        "validation images drawn at random, h5 answers 1 otherwise": _answers(validation=1),
        "test images drawn at random, h5 answers 30 otherwise": _answers(test=30),
        "agreement/h5 is no share": _metric("agreement/h5", 7.0),
        "sparsity is 0.1": _metric("sparsity", 0.1),
        "no finite number": _metric("zip_ratio/h5", float("inf")),
        "zip_bytes/h5 has a value of step 9": _added("zip_bytes/h5", step=9),
        "zip_bytes/h5 has two values": _added("zip_bytes/h5"),
        "not those of the point: accuracy/tflite_int8": _added("accuracy/tflite_int8"),
        "metrics.0.name": lambda notes: notes["metrics"].insert(0, {
            "name": "=cmd()", "value": 1.0, "timestamp": 1, "step": 0}),
        "texts": lambda notes: notes["texts"].update({"../../marker": "text"}),
        "surprise": lambda notes: notes.update(surprise=1),
        "files.0.name": lambda notes: notes["files"].insert(0, {
            "name": str(secret), "size_bytes": 6, "sha256": "0" * 64}),
        "is not its baseline": lambda notes: notes.update(baseline_run_id="0" * 32),
        "is not what was kept": lambda notes: notes["files"][0].update(sha256="0" * 64),
        "not those of the point: models/labels.txt": lambda notes: notes.update(files=[
            each for each in notes["files"] if "labels" not in each["name"]]),
    }  # fmt: skip


def _sets_aside_what_contradicts_itself(
    context: PointContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret.txt"
    folder = kept(context)
    shutil.copytree(folder, tmp_path / "honest")
    wrong: dict[str, Callable[[], object]] = {
        fault: lambda change=change: rewrite(folder, change)  # type: ignore[misc]
        for fault, change in _wrong_notes(secret, context.data.digest).items()
    }
    labels, h5 = folder / "files/models/labels.txt", folder / "files/models/h5.h5"
    wrong |= {
        "models/labels.txt is no file of its own": lambda: _linked(labels, secret, os.symlink),
        "labels.txt is no file of its own": lambda: _linked(labels, secret, os.link),
        "which it does not name": lambda: shutil.copy(secret, labels.with_name("secret")),
        "names other classes": lambda: rename(folder, "models/labels.txt", b"secret\n"),
        "h5.h5 describes another model": lambda: _described_otherwise(folder, h5),
        "notes.json is not what was kept": lambda: _cut(folder / "notes.json"),
        "models/h5.h5 is not what was kept": lambda: _cut(h5),
        "No such file or directory": (folder / "notes.sha256").unlink,
        "it is no folder": lambda: _made_a_file(folder),
    }
    for fault, make_wrong in wrong.items():
        caplog.clear()
        make_wrong()
        assert pending.find(context) is None, fault
        line = caplog.messages[-1]
        assert fault in line
        assert "the point is run again" in line
        assert not folder.exists()
        shutil.copytree(tmp_path / "honest", folder)
    assert pending.find(context) is not None
    folder.chmod(0o777)
    with pytest.raises(Refused, match="can be written by others"):
        pending.find(context)
    folder.chmod(0o700)


def _linked(path: Path, secret: Path, link: Callable[[Path, Path], object]) -> None:
    path.unlink()
    link(secret, path)


def _described_otherwise(folder: Path, h5: Path) -> None:
    """Put another description of the model into the file, and figures that fit its bytes."""
    with h5py.File(h5, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["name"] += "_"
        file.attrs["model_config"] = json.dumps(config)
    rename(folder, "models/h5.h5", h5.read_bytes())


@pytest.mark.long
@pytest.mark.parametrize(
    "overrides",
    [
        ("export=all", "compress=cluster_qat", "compress.clusters=8"),
        ("export=all", "compress=cluster", "architecture=own", "dataset.scale=-1..1"),
        ("architecture=own", "dataset.scale_in_file=true", "dataset.scale=-1..1"),
        ("compress=qat", "export.batch=null"),
        ("measure.latency=true", "tracking.tensorboard=true", "schedule=two_of_four"),
    ],
    ids=" ".join,
)
def test_every_honest_result_is_believed(
    settings: Configure,
    tmp_path: Path,
    overrides: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_repeatable(1, 1)
    path = save(residual(), tmp_path / "own.keras")
    own = f"architecture=keras_file architecture.path={path} baseline.epochs=1"
    typed = " ".join(overrides).replace("architecture=own", own).split()
    context = PointContext.of(settings(*typed, "sweep.point=tiny"), tmp_path / "again")
    outcome = run(context.settings, tmp_path / "first")
    pending.keep(context, _logged(tmp_path, outcome.run_id))
    assert pending.find(context) is not None, caplog.messages


@pytest.mark.long
def test_a_narrow_point_in_the_cache_is_logged(settings: Configure, tmp_path: Path) -> None:
    make_repeatable(1, 1)
    narrow = settings(TARGETS, "architecture=mnist_cnn", "channels.share=0.4", "channels.epochs=1")
    context = PointContext.of(narrow, tmp_path / "again")
    outcome = run(narrow, tmp_path / "first")
    pending.keep(context, _logged(tmp_path, outcome.run_id))
    assert run(narrow, context.folder).summary == "finished earlier, and logged now"
    (before, after) = sorted(runs_in(tmp_path, "point"), key=lambda each: each.id != outcome.run_id)
    assert after.metrics["channels_kept"] == before.metrics["channels_kept"] == 11 / 15
    assert after.has_file(Target.H5)
