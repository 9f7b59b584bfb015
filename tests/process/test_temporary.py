"""Temporary files lie in one folder, which is gone after every ending but a kill of its owner."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import util
from multiprocessing.connection import Listener
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.process.temporary import own_folder, shared_folder, system_folder
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT

_BY_PROCESS = """
import sys, tempfile; from pathlib import Path
from runner.process.signals import exit_on_first_signal
from runner.process.temporary import own_folder
exit_on_first_signal()
with own_folder():
    Path(tempfile.mkdtemp(), "file").touch()
    print(tempfile.gettempdir(), flush=True)
    sys.stdin.read()
"""
_OWN = f"runner-{os.geteuid()}"


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's folder for temporary files, with a path short enough for sockets in it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield Path(name)


def _started() -> "tuple[subprocess.Popen[str], Path]":
    process = subprocess.Popen(
        [sys.executable, "-c", _BY_PROCESS], cwd=PROJECT, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def _ended(process: "subprocess.Popen[str]", number: int) -> None:
    process.send_signal(number)
    process.communicate(timeout=HANGS_AFTER)


def test_sockets_have_short_paths(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of some 107 characters, no more fit into the address of a socket.
    long = system / ("x" * 60) / ("y" * 60)
    long.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with own_folder() as folder, Listener(family="AF_UNIX") as listener:
        assert folder.is_relative_to(long)
        other = Path(str(listener.address)).parent
        assert other != folder
        assert other.parent.name == _OWN
    assert not other.exists()
    assert [path for path in long.rglob("*") if path.is_file()] == []


def test_everything_temporary_lies_there_and_is_removed(system: Path) -> None:
    with own_folder() as folder:
        assert Path(tempfile.gettempdir()) == folder
        assert folder.parent == system / _OWN
        assert folder.stat().st_mode & 0o077 == 0
        # Those of Python's processes, and of processes that know the environment only.
        assert Path(util.get_temp_dir()) == folder
        assert os.environ["TMPDIR"] == str(folder)
        (Path(tempfile.mkdtemp()) / "file").touch()
        assert system_folder() == system
        with own_folder() as inner:
            assert inner.parent == folder.parent
    assert list(system.iterdir()) == []
    assert os.environ["TMPDIR"] == tempfile.gettempdir() == str(system)


def test_a_stop_leaves_nothing(system: Path) -> None:
    process, folder = _started()
    assert folder.is_relative_to(system)
    _ended(process, signal.SIGTERM)
    assert list(system.iterdir()) == []


def test_what_a_kill_leaves_is_removed_by_the_next_one_and_nothing_else(system: Path) -> None:
    (killed, left), (alive, kept) = _started(), _started()
    _ended(killed, signal.SIGKILL)
    assert (left / "owner").is_file()
    for name, age in (("new", 0), ("old", 2 * 24 * 3600)):
        folder = system / _OWN / name
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    with own_folder() as own:
        assert {path.name for path in (system / _OWN).iterdir()} == {kept.name, own.name, "new"}
    _ended(alive, signal.SIGINT)
    assert [path.name for path in system.rglob("*")] == [_OWN, "new"]


def test_what_a_process_without_handles_leaves_is_removed_by_the_next_one(system: Path) -> None:
    code = (
        "import os, resource; from runner.process.temporary import own_folder\n"
        "with own_folder() as folder:\n"
        "    (folder / 'inner').mkdir(); (folder / 'inner' / 'file').touch()\n"
        "    most = len(os.listdir('/proc/self/fd')) - 1\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))\n"
    )
    environment = {**os.environ, "TMPDIR": str(system)}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True)
    (left,) = (system / f"runner-{os.geteuid()}").iterdir()
    assert (left / "owner").is_file()
    with own_folder() as folder:
        assert not left.exists()
        assert folder.is_dir()


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_a_mask_of_modes_opens_it_to_nobody(mask: int, system: Path) -> None:
    before = os.umask(mask)
    try:
        with own_folder() as folder:
            assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    finally:
        os.umask(before)
    assert list(system.iterdir()) == []


def test_a_folder_of_others_is_refused_naming_the_variable(system: Path) -> None:
    (system / "elsewhere").mkdir()
    (system / _OWN).symlink_to("elsewhere")
    with (
        pytest.raises(Refused, match=rf"^TMPDIR={system}: must be a folder to write into \("),
        own_folder(),
    ):
        pass
    (system / _OWN).unlink()
    (system / _OWN).mkdir()
    (system / _OWN).chmod(0o777)
    with pytest.raises(Refused, match="may be written by them"), own_folder():
        pass


def test_locks_of_all_processes_lie_in_one_folder(system: Path) -> None:
    with own_folder(), own_folder():
        assert shared_folder() == system / _OWN / "shared"
    assert list(system.iterdir()) == []
    (shared_folder() / "a.lock").touch()
    with own_folder():
        pass
    assert (system / _OWN / "shared" / "a.lock").is_file()
    os.utime(system / _OWN / "shared", (time.time() - 2 * 24 * 3600,) * 2)
    with own_folder():
        pass
    assert list(system.iterdir()) == []


def test_an_error_of_the_block_is_its_own(system: Path) -> None:
    with pytest.raises(FileNotFoundError, match="mine"), own_folder():
        raise FileNotFoundError("mine")
    assert list(system.iterdir()) == []


def test_a_missing_folder_is_passed_over(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(system / "missing"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with own_folder() as folder:
        assert folder.is_dir()
    assert not folder.exists()
