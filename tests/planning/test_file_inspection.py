"""A model file is checked in a process of its own, once for each content."""

import shutil
import subprocess
import sys
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import pytest

from runner.errors import Refused
from runner.planning import preflight
from runner.planning.file_inspection import require_fit
from runner.planning.inspection import inspect
from runner.settings import Settings
from tests.helpers.own_models import asked, classifier, from_file, save
from tests.helpers.project import Configure


def test_the_planning_process_does_not_read_the_file_itself() -> None:
    script = (
        "import sys; from runner.planning import grid, inspection, preflight\n"
        "sys.exit(any(name in sys.modules for name in ('h5py', 'tensorflow', 'google.protobuf')))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_content_is_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(classifier(), tmp_path / "model.h5")
    require_fit(from_file(path))
    monkeypatch.setattr(subprocess, "Popen", None)
    require_fit(from_file(path))
    monkeypatch.undo()
    path.write_bytes(b"another")
    with pytest.raises(Refused, match=r"model\.h5: is no model: must be"):
        require_fit(from_file(path))


def test_a_point_of_a_sweep_does_not_check_the_file_again(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"of a sweep that has checked it")
    values = {
        "architecture": {"name": "keras_file", "path": path},
        "dataset": {"name": "npz", "path": npz},
        "cache": {"folder": tmp_path / "cache"},
        "sweep": {"run_id": "0" * 32},
    }
    monkeypatch.setattr(subprocess, "Popen", None)
    preflight.check(Settings.model_validate(values))


def test_folders_are_refused_without_reading_all_that_is_in_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(Refused, match="is a folder without a SavedModel"):
        require_fit(from_file(Path("/")))


def test_a_file_larger_than_any_model_is_not_even_digested(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Refused, match=r"is larger than 5,000\.0 MB"):
        require_fit(from_file(path))


@pytest.mark.long
def test_what_no_structure_tells_ends_at_the_limits(tmp_path: Path, settings: Configure) -> None:
    path = save(classifier(), tmp_path / "model.h5")
    vast = Path(shutil.copy(path, tmp_path / "vast.h5"))
    with h5py.File(vast, "a") as file:
        config = str(file.attrs["model_config"])
        file.attrs["model_config"] = config.replace('"units": 3', f'"units": {10**12}')
    with pytest.raises(Refused, match=r"building and trying it took more than .* GB of memory"):
        inspect(asked(settings, from_file(vast)))
