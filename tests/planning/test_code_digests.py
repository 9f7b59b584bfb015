"""What decides a figure is in its signature: every file of code, whoever adds it."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runner
from runner.planning import fingerprint
from runner.planning.fingerprint import (
    MEASURING,
    NARROWING,
    PRUNING,
    TRAINING,
    source_files,
)
from runner.settings import ChannelsSettings, Settings
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import Configure

PACKAGE = Path(runner.__file__).parent
FILES = {
    file.relative_to(PACKAGE).as_posix(): names
    for names in (TRAINING, NARROWING, PRUNING, MEASURING)
    for file in source_files(names, PACKAGE)
}

# Modules that are loaded while a point runs, and why they cannot change its figures.
CANNOT = {
    "": "says what the package is",
    "errors": "names what went wrong",
    "files": "opens and refuses files; computes nothing",
    "escaping": "writes figures as they are; escapes names",
    "process": "starts, stops and quietens processes; computes nothing",
    "settings": "values are hashed as they come out; targets.py is listed",
    "device": "each row of its table names the tool that made it; points are not run again for it",
    "data": "what these files hand to dataset.py is hashed with the images themselves",
    "models": "an architecture is hashed by network; a file or function of the user's by content",
    "models.errors": "names what went wrong",
    "models.digest": "hashes the user's file",
    "models.layer_names": "names layers of the user's model",
    "models.file_check": "refuses files",
    "models.file_metadata": "reads what file_check refuses by",
    "models.model_copy": "copies the user's file as it is, or the parts of it that Keras reads",
    "models.saved_model": "reads what file_check refuses by",
    "models.parts": "finds what file_check refuses by",
    "models.keras2": "says what it is for",
    "models.keras2.allowed": "lists what file_check accepts",
    "models.keras2.description": "refuses parts of files",
    "models.keras2.graph": "refuses models",
    "models.keras2.operations": "lists what file_check accepts",
    "models.keras2.training": "lists what file_check accepts",
    "models.source_files": "finds the user's code, to hash it",
    "models.user_function": "calls the user's function, which is hashed",
    "models.summary": "describes models",
    "models.layer_plan": "lists layers for refusals",
    "models.architectures": "hashed by network",
    "planning": "refuses points and hashes settings",
    "statistics": "what bounds figures of a point is listed",
    "tracking": "sends figures as they are",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package."""
    folder = tmp_path_factory.mktemp("copy") / "runner"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def package(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy, of which signatures are made; what a test edits or adds is undone."""
    monkeypatch.setattr(fingerprint, "_PACKAGE", copy)
    before = {file: file.read_bytes() for file in copy.rglob("*.py")}
    yield copy
    for file in copy.rglob("*.py"):
        if file not in before:
            file.unlink()
        elif file.read_bytes() != before[file]:
            file.write_bytes(before[file])


def _identity(share: float = 0.5) -> tuple[str, str, str]:
    fingerprint._source_digest.cache_clear()
    asked = Settings(channels=ChannelsSettings(share=share))
    return (
        fingerprint.baseline_signature(asked, "d"),
        fingerprint.fingerprint(asked, "d"),
        fingerprint.measuring_digest(asked),
    )


def _edit_a_constant(file: Path) -> None:
    """Change the last constant of a file; where it has nothing but a docstring, that."""
    source = file.read_text()
    constants = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    last = max(constants, key=lambda node: (node.lineno, node.col_offset))
    lines = source.encode().splitlines(keepends=True)
    at = sum(map(len, lines[: last.lineno - 1])) + last.col_offset
    edited = source.encode()
    file.write_bytes(edited[:at] + b"(None, " + edited[at:] + b")")


@pytest.mark.parametrize("name", FILES)
def test_an_edited_file_gives_another_signature(name: str, package: Path) -> None:
    before = _identity()
    _edit_a_constant(package / name)
    after = _identity()
    assert after[1] != before[1], "the point"
    assert (after[0] != before[0]) == (FILES[name] is TRAINING), "the baseline"
    assert (after[2] != before[2]) == (FILES[name] is MEASURING), "its figures"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("data/scale.py", "_BRIGHTEST = 255", "_BRIGHTEST = 128"),
        ("models/outputs.py", "    return ", "    return not "),
    ],
)
def test_what_once_kept_its_signature_changes_it(
    name: str, old: str, new: str, package: Path
) -> None:
    before = _identity()
    source = (package / name).read_text()
    assert old in source
    (package / name).write_text(source.replace(old, new))
    assert _identity()[0] != before[0]


def test_a_file_that_is_added_counts(package: Path) -> None:
    before = _identity()
    (package / "prune" / "another.py").write_text("")
    assert _identity()[1] != before[1]


def test_code_that_a_point_does_not_use_changes_nothing(package: Path) -> None:
    before = _identity(share=0)
    for name in NARROWING:
        (package / name / "another.py").write_text("")
    assert _identity(share=0) == before


@pytest.mark.long
def test_every_module_that_a_point_loads_is_in_its_signature_or_cannot_change_it(
    settings: Configure, tmp_path: Path
) -> None:
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from runner.settings import Settings\n"
        "from runner.point.run import run\n"
        "run(Settings.model_validate_json(sys.argv[1]), Path('files'))\n"
        "print(json.dumps([name for name in sys.modules if name.split('.')[0] == 'runner']))\n"
    )
    asked = settings("export.targets=[h5]")
    done = subprocess.run(
        [sys.executable, "-c", program, asked.model_dump_json()],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "runner.compress.qat" in loaded
    assert [name for name in loaded if not _is_listed(name) and not _is_harmless(name)] == []


def _is_listed(module: str) -> bool:
    path = "/".join(module.split(".")[1:])
    return f"{path}.py" in FILES or f"{path}/__init__.py" in FILES


def _is_harmless(module: str) -> bool:
    name = module.partition(".")[2]
    folder = name.partition(".")[0]
    return name in CANNOT or (folder in CANNOT and folder != "models")
