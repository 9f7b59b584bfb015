"""A sweep from images to the promoted file, in a folder and of classes with nasty names."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from runner.errors import Refused
from runner.settings.store_uri import resolve
from runner.tracking import Kind, Store
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.nasty_names import MARKER, NAMES, hidden_in

FOLDER = "d\x1b[31m =1+1 | <script> # % 'it' \"q\" [red] $(touch marker) `touch marker` :b \u202e"
SWEEP = [
    "-m", "schedule.final_sparsity=0.5,0.8", "dataset=image_folder", "dataset.path=images",
    "dataset.image_size=[8,8]", "architecture=mnist_cnn", "baseline.epochs=1", "schedule.epochs=1",
    "export.targets=[h5,tflite_float32]", "report.max_drop=1",
]  # fmt: skip


def _write_images(folder: Path) -> None:
    """Write a folder of images for each name that a folder may have."""
    draw = np.random.default_rng(0)
    names = [name.replace("/", "_")[:80] for name in NAMES.values() if "\ud800" not in name]
    for number, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for image in range(6):
            pixels = draw.integers(0, 60, (8, 8, 3), dtype=np.uint8)
            pixels[number % 8, :, number // 8 % 3] += 180
            Image.fromarray(pixels).save(folder / name / f"{image}.png")


def _run(folder: Path, module: str, *arguments: str) -> str:
    """Run a command in a new interpreter; what it prints holds nothing that steers a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder, capture_output=True, check=False, timeout=2 * HANGS_AFTER,
    )  # fmt: skip
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, err
    assert hidden_in(out + err) == []
    assert "Traceback" not in err
    return out


@pytest.mark.long
def test_every_command_works_in_such_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    _write_images(folder / "images")
    out = _run(folder, "runner", *SWEEP)
    assert "(2 of 2 points done)" in out
    assert "Report: " in out
    values = json.loads(_run(folder, "runner.best", "latest", "--json", "--output", "a.tflite"))
    assert len(values["classes"]) == len(NAMES) - 1
    assert len((folder / "a.tflite.labels.txt").read_text("utf-8").split("\n")) == len(NAMES)
    assert "5001" in _run(folder, "runner.promote", "latest", "--name", "x")
    _run(folder, "runner.report", "latest", "--output", "report")
    _run(folder, "runner.nightly", "status")
    _check_files(folder)
    assert not list(tmp_path.rglob(MARKER))


def _check_files(folder: Path) -> None:
    """Look for raw names in everything that the commands have written for people."""
    tables = [*folder.rglob("*.csv")]
    assert len(tables) > 10
    for path in tables:
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not [
            cell
            for cell in cells
            if cell.startswith(tuple("=+-@\t\r\n")) and not re.fullmatch(r"-?\d[\d.e-]*", cell)
        ], path
    texts = [*folder.rglob("report.md"), *folder.rglob("*.log"), *folder.rglob("summary.txt")]
    assert len(texts) > 4
    for path in texts:
        assert hidden_in(path.read_text(encoding="utf-8")) == [], path
    for path in folder.rglob("report.html"):
        body = re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"<(b|img|script)\b", body)
        # Its own links only: to its parts, to runs and to files.
        links = re.findall(r"<a\b([^>]*)>", body)
        assert [link for link in links if not re.match(r' href="(#|file:)[^"<>]*"', link)] == []
        assert hidden_in(body) == []


@pytest.mark.long
@pytest.mark.parametrize("name", ['it\'s "q"', "a :b", "a\\b", "50% off", "first\nsecond"])
def test_a_new_store_keeps_files_in_its_own_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.chdir(folder)
    address = f"sqlite:///{folder}/mlflow.db"
    run = Store(address, "sparsity").new_run(Kind.POINT, "p", {}, {})
    run.log_text("text", "a.txt")
    run.flush()
    store = Store(address, "sparsity")
    path = Path(store.local_file(store.get(run.id), "a.txt"))
    assert path.is_relative_to(folder)
    assert path.read_text() == "text"


@pytest.mark.parametrize("name", ["caf\udce9", "what?", "50%41"])
def test_a_folder_that_no_store_can_lie_in_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(Refused, match=r"^tracking\.uri=sqlite:///.*: must be a path in UTF-8"):
        resolve(None)
    # Of a server, nothing lies there.
    assert resolve("http://host") == "http://host"
    assert os.fsencode(folder)
