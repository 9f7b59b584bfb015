"""A cache is its user's alone: what others own, may write or have linked there is refused."""

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runner.data import dataset, npz
from runner.errors import Refused
from runner.files.private_folder import make, open_own, require
from runner.planning import preflight
from runner.settings import DatasetSettings, Settings
from runner.settings.cache_paths import baseline_lock
from tests.helpers.project import Configure

# Some user who does not run the tests.
SOMEBODY = 12345


@pytest.fixture
def asked(settings: Configure, tmp_path: Path) -> Settings:
    """Settings whose data set lies in the cache, as if it had been downloaded."""
    tiny_data = settings()
    chosen = tiny_data.model_copy(update={"dataset": DatasetSettings(name="mnist")})
    preflight.check(tiny_data)
    tiny = np.load(tmp_path / "tiny.npz")
    npz.write(make(chosen.cache.folder, "datasets") / "mnist.npz", dict(tiny))
    _checks(chosen)
    return chosen


def _checks(settings: Settings) -> None:
    dataset.load.cache_clear()
    preflight.check(settings)


@pytest.mark.parametrize("name", [".", "datasets", "datasets/*.npz"])
def test_what_others_may_write_is_refused(asked: Settings, name: str) -> None:
    root = asked.cache.folder
    (path,) = root.glob(name) if name != "." else [root]
    path.chmod(0o777)
    with pytest.raises(Refused) as refused:
        _checks(asked)
    assert str(refused.value).startswith(f"cache.folder={root}: ")
    assert "can be written by others (mode 0777)" in str(refused.value)
    assert str(refused.value).endswith(f"chmod -R go-w {root}")
    subprocess.run(shlex.split(str(refused.value).rpartition(": ")[2]), check=True)
    _checks(asked)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
@pytest.mark.parametrize("name", [".", "datasets", "datasets/*.npz"])
def test_what_belongs_to_another_user_is_refused(asked: Settings, name: str) -> None:
    root = asked.cache.folder
    (path,) = root.glob(name) if name != "." else [root]
    os.chown(path, SOMEBODY, -1)
    with pytest.raises(Refused) as refused:
        _checks(asked)
    assert str(refused.value).startswith(f"cache.folder={root}: ")
    assert "belongs to user 12345, not to " in str(refused.value)


def test_a_link_in_the_cache_is_refused(asked: Settings, tmp_path: Path) -> None:
    (path,) = (asked.cache.folder / "datasets").glob("*.npz")
    path.rename(tmp_path / "elsewhere.npz")
    path.symlink_to(tmp_path / "elsewhere.npz")
    with pytest.raises(Refused, match=r"is a link; nothing in a cache may be one"):
        _checks(asked)


def test_the_cache_itself_may_be_a_link_to_an_own_folder(tmp_path: Path) -> None:
    (tmp_path / "large_disk").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "large_disk")
    assert make(tmp_path / "cache", "baselines").is_dir()
    (tmp_path / "large_disk").chmod(0o777)
    with pytest.raises(Refused, match="can be written by others"):
        make(tmp_path / "cache", "baselines")


def test_folders_are_made_for_their_user_alone(asked: Settings) -> None:
    with baseline_lock(asked, "s"):
        pass
    root = asked.cache.folder
    folders = [root, *(each for each in root.rglob("*") if each.is_dir())]
    assert {oct(each.stat().st_mode & 0o777) for each in folders} == {"0o700"}
    (data,) = (root / "datasets").glob("*.npz")
    assert oct(data.stat().st_mode & 0o777) == "0o600"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another group")
def test_a_group_that_others_are_in_may_not_write(asked: Settings) -> None:
    root = asked.cache.folder
    root.chmod(0o775)
    # Of the usual umask where each user has a group of the same name.
    _checks(asked)
    os.chown(root, -1, SOMEBODY)
    with pytest.raises(Refused, match="can be written by others"):
        _checks(asked)


@pytest.mark.parametrize(
    "place", [lambda path: os.mkfifo(path, 0o600), lambda path: path.mkdir(0o700)]
)
def test_only_regular_files_are_opened(tmp_path: Path, place: Callable[[Path], object]) -> None:
    root = make(tmp_path / "cache")
    place(root / "record.json")
    with pytest.raises((Refused, IsADirectoryError), match=r"no regular file|directory"):
        open_own(root, root / "record.json")


def test_an_own_file_is_opened_and_an_absent_one_is_nobodys(tmp_path: Path) -> None:
    root = make(tmp_path / "cache")
    require(root, root / "baselines" / "absent")
    (root / "record.json").write_bytes(b"{}")
    with open_own(root, root / "record.json") as file:
        assert file.read() == b"{}"
