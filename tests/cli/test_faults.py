"""Faults of the runner's own, in real processes: exit code 1, a traceback, and a plea to report."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import runner.errors
from runner.data import dataset, sources
from runner.errors import Refused, RunnerError, one_line
from runner.nightly.settings import read
from runner.settings import DatasetSettings
from runner.settings.paths import CONF, SWEEPS
from tests.helpers.hanging import HANGS_AFTER

PACKAGE = Path(runner.__file__).parent
PLEA = "this is a fault of the runner, not of your settings: please report it, with all lines"
IN_PREFLIGHT = (
    "planning/preflight.py",
    "shipped = architecture.name",
    "shipped = architecture.nmae",
)
IN_THE_STORE = (
    "settings/store_uri.py",
    "if given.startswith(SQLITE)",
    "if given.startwith(SQLITE)",
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package in a folder, from which `python -m` takes it."""
    folder = tmp_path_factory.mktemp("copy")
    hidden = shutil.ignore_patterns("__pycache__")
    for source, name in ((PACKAGE, "runner"), (CONF, "conf"), (SWEEPS, "sweeps")):
        shutil.copytree(source, folder / name, ignore=hidden)
    return folder


@pytest.mark.parametrize(
    ("typo", "command", "name"),
    [
        (IN_PREFLIGHT, ["runner"], "runner"),
        (IN_PREFLIGHT, ["runner", "-m", "schedule.epochs=1,2"], "runner"),
        (IN_THE_STORE, ["runner", "schedule.epochs=1"], "runner"),
        (IN_THE_STORE, ["runner.best", "latest"], "python -m runner.best"),
        (IN_THE_STORE, ["runner.nightly", "status"], "python -m runner.nightly"),
        pytest.param(
            ("planning/checks.py", "build.build(request.architecture", "build.bulid(request.arch"),
            ["runner", "architecture=callable", "architecture.target=mine:model"],
            "runner",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_fault_is_no_refusal(
    copy: Path, typo: tuple[str, str, str], command: list[str], name: str
) -> None:
    file, right, wrong = typo
    path = copy / "runner" / file
    (copy / "mine.py").write_text("def model(shape, classes): pass")
    source = path.read_text()
    assert right in source
    path.write_text(source.replace(right, wrong))
    try:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=copy, capture_output=True, text=True,
            check=False, timeout=HANGS_AFTER,
        )  # fmt: skip
    finally:
        path.write_text(source)
    assert done.returncode == 1, done.stderr
    assert "Traceback" in done.stderr
    assert f"{path}" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"{name}: {PLEA} (")
    assert "AttributeError: " in last


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"1: 2", "1: no such setting; there are sweeps, experiment"),
        (b"\xff\xfe\x00", "must be YAML ('utf-8' codec can't decode byte 0xff"),
        (b'folder: "a\\0b"', "must be a folder's path"),
        (b"folder: ~nobody_of_this_name/x", "must be a folder's path"),
        (b"sweeps: [[1]]", "sweeps=[1]: must be a list, without repeats, of command lines"),
    ],
)
def test_a_malformed_file_of_a_night_is_refused(tmp_path: Path, content: bytes, line: str) -> None:
    path = tmp_path / "night.yaml"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        read(path)
    assert line in str(refusal.value)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "~nobody_of_this_name/x"])
def test_a_path_that_no_system_takes_is_refused(tmp_path: Path, name: str) -> None:
    for values in ({"name": "npz", "path": name}, {"name": "image_folder", "path": name}):
        with pytest.raises((Refused, ValidationError)):
            dataset.load(DatasetSettings.model_validate(values), tmp_path)
    with pytest.raises((Refused, ValidationError)):
        sources.local_file(
            DatasetSettings.model_validate({"name": "mnist", "folder": name}), tmp_path
        )


def test_the_tree_of_exceptions_names_them_all() -> None:
    pattern = re.compile(
        r"^class (\w+)\((\w*(?:Error|Exception)|Refused|StepFailed|Unfit)\):", re.M
    )
    files = [file.read_text() for file in PACKAGE.rglob("*.py")]
    parents = dict(found for text in files for found in pattern.findall(text))
    # A process of the runner's own that breaks down is a fault, wherever it is noticed.
    assert {name for name, base in parents.items() if base == "Exception"} == {
        "RunnerError",
        "Fault",
    }
    tree = str(runner.errors.__doc__)
    assert [name for name in parents if name not in tree and name != "Fault"] == []


def test_an_error_in_one_line_says_its_type_where_the_text_says_little() -> None:
    assert one_line(RunnerError("the store\n is full")) == "the store is full"
    assert one_line(ValueError("5")) == "ValueError: 5"
    assert one_line(KeyError()) == "KeyError"
