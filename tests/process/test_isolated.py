"""A process of its own takes no more than it may, and ends with the one that waits for it."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from runner.process import isolated
from runner.process.isolated import Exhausted, Limits
from tests.helpers.hanging import HANGS_AFTER, wait_until

_GREEDY = "tests.helpers.hostile.greedy"
_SOME = Limits(memory=1 << 29, seconds=HANGS_AFTER)


def test_what_stays_within_its_limits_is_as_without_them() -> None:
    for limits in (None, _SOME):
        done = isolated.run(_GREEDY, "said", stdin="ignored", limits=limits)
        assert (done.returncode, done.stdout) == (0, "said\n")


def test_memory_is_limited() -> None:
    with pytest.raises(Exhausted, match=r"^took more than 0\.5 GB of memory$"):
        isolated.run(_GREEDY, "memory", limits=_SOME)


def test_time_is_limited_for_children_too(tmp_path: Path) -> None:
    limits = Limits(memory=1 << 30, seconds=2)
    with pytest.raises(Exhausted, match=r"^took more than 0\.0333333 minutes$"):
        isolated.run(_GREEDY, "children", str(tmp_path / "child"), limits=limits)
    child = tmp_path / "child"
    if child.exists():
        wait_until(lambda: not _runs(int(child.read_text())), "the child's end")


def test_a_process_that_is_killed_leaves_no_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with pytest.raises(Exhausted):
        isolated.run(_GREEDY, "temporary", limits=_SOME)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_is_killed_from_outside_is_run_once_more(
    number: signal.Signals, tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "times"), str(int(number)), "1"]
    done = isolated.run(_GREEDY, "killed", *arguments, limits=_SOME)
    assert (done.returncode, done.stdout) == (0, "killed\n")


@pytest.mark.parametrize(("number", "times"), [(signal.SIGKILL, ".."), (signal.SIGABRT, ".")])
def test_what_ends_itself_is_not_run_without_end(
    number: signal.Signals, times: str, tmp_path: Path
) -> None:
    with suppress(Exhausted):
        isolated.run(_GREEDY, "killed", str(tmp_path / "t"), str(int(number)), "9", limits=_SOME)
    assert (tmp_path / "t").read_text() == times


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_all_processes(number: signal.Signals, tmp_path: Path) -> None:
    script = (
        "import sys; from runner.process import isolated, signals\n"
        "signals.exit_on_first_signal()\n"
        f"isolated.run({_GREEDY!r}, 'children', sys.argv[1])"
    )
    child = tmp_path / "child"
    process = subprocess.Popen([sys.executable, "-c", script, str(child)])
    wait_until(lambda: child.exists() and child.read_text(), "the child")
    started = psutil.Process(process.pid).children(recursive=True)
    assert len(started) == 2
    os.kill(process.pid, number)
    assert process.wait(HANGS_AFTER) == 128 + number
    wait_until(lambda: not any(_runs(each.pid) for each in started), "the processes' end")


def test_a_killed_parent_takes_a_limited_process_with_it() -> None:
    script = (
        "from runner.process import isolated\n"
        f"isolated.run({_GREEDY!r}, 'time', limits=isolated.Limits(1 << 30, 1000))"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    parent = psutil.Process(process.pid)
    wait_until(lambda: any(_is_greedy(each) for each in parent.children()), "the process")
    (greedy,) = parent.children()
    process.kill()
    process.wait()
    wait_until(lambda: not _runs(greedy.pid), "the process' end")


def _is_greedy(process: psutil.Process) -> bool:
    """Tell whether the process has limited itself."""
    return process.rlimit(psutil.RLIMIT_DATA)[0] == 1 << 30


def _runs(number: int) -> bool:
    return psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE
