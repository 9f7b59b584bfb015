"""What is no regular file is refused wherever a user's file is read, and nothing waits for it."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runner.data import npz, sources
from runner.errors import Refused
from runner.models.class_names import class_names
from runner.models.errors import refusing
from runner.nightly import settings as nightly_settings
from runner.planning.file_inspection import require_fit
from runner.planning.request import content
from runner.settings import ArchitectureSettings, DatasetSettings
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.hostile.special_files import SPECIAL, make_special

# A regular file, by what the system says, of no bytes.
_ENDLESS = Path("/proc/self/pagemap")


def _architecture(**settings: Any) -> ArchitectureSettings:
    return ArchitectureSettings.model_validate(settings)


def _model_is_checked(path: Path) -> None:
    require_fit(_architecture(name="keras_file", path=path))


def _model_is_digested(path: Path) -> None:
    content(_architecture(name="keras_file", path=path))


def _arrays_are_read(path: Path) -> None:
    npz.read(path, "dataset.path", path.parent)


def _names_are_read(path: Path) -> None:
    settings = _architecture(name="keras_file", path="any.h5", labels=path)
    with refusing(settings):
        class_names(settings)


def _nights_are_read(path: Path) -> None:
    nightly_settings.read(path)


@contextmanager
def _not_for_ever() -> Iterator[None]:
    """Fail where something waits for a file that never ends."""

    def fail(*_: Any) -> None:
        raise AssertionError("it hangs")

    usual = signal.signal(signal.SIGALRM, fail)
    signal.alarm(int(os.environ.get("HANGS_AFTER", HANGS_AFTER)))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize(
    "read",
    [
        _model_is_checked,
        _model_is_digested,
        _arrays_are_read,
        _names_are_read,
        _nights_are_read,
    ],
)
def test_a_special_file_is_refused(tmp_path: Path, kind: str, read: Callable[[Path], None]) -> None:
    path = make_special(kind, tmp_path / "file.npz")
    with _not_for_ever(), pytest.raises(Refused) as refusal:
        read(path)
    assert f"={path}: is {SPECIAL[kind]}: must be a regular file" in str(refusal.value)


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_known_data_set_that_is_no_file_is_not_downloaded(tmp_path: Path, kind: str) -> None:
    path = make_special(kind, tmp_path / "mnist.npz")
    settings = DatasetSettings(name="mnist", folder=tmp_path)
    with _not_for_ever(), pytest.raises(Refused, match=f"is {SPECIAL[kind]}: must be a regular"):
        sources.read(settings, tmp_path / "cache")
    assert path.exists()


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("name", ["saved_model.pb", "keras_metadata.pb", "variables/x", "extra"])
def test_every_file_of_a_saved_model_is_a_regular_one(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "fingerprint.pb").touch()
    path = make_special(kind, tmp_path / "model" / name)
    settings = _architecture(name="keras_file", path=tmp_path / "model", trust=True)
    with _not_for_ever(), pytest.raises(Refused) as refusal:
        content(settings)
    assert f"{path.relative_to(tmp_path / 'model')} is {SPECIAL[kind]}: must" in str(refusal.value)


@pytest.mark.parametrize("kind", SPECIAL)
def test_the_code_of_a_function_is_in_regular_files(tmp_path: Path, kind: str) -> None:
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "__init__.py").write_text("def network(shape, classes): ...\n")
    path = make_special(kind, tmp_path / "packed" / "other.py")
    with _not_for_ever(), pytest.raises(Refused) as refusal:
        content(_architecture(name="callable", target="packed:network"))
    line = f"architecture.target=packed:network: {path} is {SPECIAL[kind]}: must be a regular file"
    assert str(refusal.value) == line


@pytest.mark.skipif(not _ENDLESS.exists(), reason=f"there is no {_ENDLESS}")
def test_a_file_that_has_more_bytes_than_its_size_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "model.h5"
    link.symlink_to(_ENDLESS)
    with _not_for_ever(), pytest.raises(Refused, match="has more bytes than its size"):
        _model_is_digested(link)


def test_links_to_regular_files_are_followed(tmp_path: Path, npz: Path) -> None:
    link = tmp_path / "link.npz"
    link.symlink_to(npz)
    _arrays_are_read(link)
    (tmp_path / "names.txt").write_text("cat\ndog\n")
    (tmp_path / "link.txt").symlink_to(tmp_path / "names.txt")
    _names_are_read(tmp_path / "link.txt")
    _model_is_digested(link)


def test_a_text_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    """A file of a terabyte of zeros takes no room on the disk."""
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    for read in (_names_are_read, _nights_are_read):
        with pytest.raises(Refused, match=r"large\.txt: has 1,099,511\.6 MB: must be at most 16"):
            read(path)
    (tmp_path / "vast").mkdir()
    shutil.move(path, tmp_path / "vast" / "__init__.py")
    with pytest.raises(Refused, match="must be at most 16 MB"):
        content(_architecture(name="callable", target="vast:network"))
