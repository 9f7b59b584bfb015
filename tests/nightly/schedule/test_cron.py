"""A real cron daemon runs the line that is installed; the user's own crontab is put back."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import yaml

from runner.errors import Refused
from runner.nightly.schedule import cron
from runner.nightly.schedule.task import Task, make_task
from runner.tracking import Store
from tests.helpers.hanging import wait_until
from tests.helpers.processes import end_tree
from tests.helpers.tiny import quick, write_npz

EVERY_MINUTE = "* * * * *"
SPOOL = Path("/var/spool/cron/crontabs")
EXAMPLE = Task(Path("/srv/pruning"), ("python", "-m", "runner.nightly"), {})


@pytest.fixture
def crontab() -> Iterator[Callable[[], bytes]]:
    """Read the user's real crontab, which comes back as it was, whatever the test does."""
    if not shutil.which("cron") or os.geteuid() != 0:
        pytest.skip("needs a cron daemon that may be started: Debian's package cron, and root")
    before = _list()
    try:
        yield _list
    finally:
        if before:
            subprocess.run(["crontab", "-"], input=before, check=True)
        else:
            subprocess.run(["crontab", "-r"], capture_output=True, check=False)


@pytest.fixture
def daemon() -> Iterator[None]:
    """Have a cron daemon run: the machine's own, or one for this test."""
    if any(process.info["name"] == "cron" for process in psutil.process_iter(["name"])):
        yield
        return
    process = subprocess.Popen(["cron", "-f"], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        end_tree(process)


def _list() -> bytes:
    return subprocess.run(["crontab", "-l"], capture_output=True, check=False).stdout


def _wait_for_cron(found: Callable[[], object], what: str) -> None:
    def touched() -> object:
        # It does not see a change within the second in which it has read the crontabs.
        for each in (SPOOL, SPOOL / "root"):
            os.utime(each)
        return found()

    wait_until(touched, what)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (b"", b""),
        (b"MAILTO=me\n\n# \xff\t\r\n5 4 * * * echo 50\\%\n", None),
        (b"5 4 * * * no end", b"5 4 * * * no end\n"),
    ],
)
def test_other_lines_are_kept_byte_for_byte(before: bytes, kept: bytes | None) -> None:
    text, line = before.decode(errors="surrogateescape"), cron.line(EXAMPLE, "30 2 * * *")
    added = cron.replace_line(text, EXAMPLE.folder, line)
    rest = before if kept is None else kept
    assert added.encode(errors="surrogateescape") == rest + line.encode() + b"\n"
    assert cron.replace_line(added, EXAMPLE.folder).encode(errors="surrogateescape") == rest


def test_the_line_is_replaced_where_it_stands() -> None:
    old, new = (cron.line(EXAMPLE, f"{minute} 2 * * *") for minute in (1, 2))
    other = cron.line(Task(Path("/srv/pruning2"), EXAMPLE.command, {}), "1 2 * * *")
    text = f"{other}\n{old}\n# {old}\n{old}\n# end\n"
    assert cron.replace_line(text, EXAMPLE.folder, new) == f"{other}\n{new}\n# {old}\n# end\n"
    assert cron.replace_line(text, EXAMPLE.folder) == f"{other}\n# {old}\n# end\n"


def test_the_real_crontab_is_edited_and_left_as_it_was(
    crontab: Callable[[], bytes], tmp_path: Path
) -> None:
    before = b"# \xff 100%\nSHELL=/bin/sh\n1 1 1 1 * echo 50\\%\n"
    subprocess.run(["crontab", "-"], input=before, check=True)
    task = Task(tmp_path, ("true",), {})
    for when in ("1 2 * * *", "30 2 * * *"):
        cron.install(task, when)
    assert crontab() == before + cron.line(task, "30 2 * * *").encode() + b"\n"
    found = cron.find(tmp_path)
    assert found is not None
    assert found.cron_fields == "30 2 * * *"
    assert cron.uninstall(tmp_path) == "crontab -l"
    assert crontab() == before


def test_a_line_that_crontab_does_not_take_is_refused(
    crontab: Callable[[], bytes], tmp_path: Path
) -> None:
    before = crontab()
    with pytest.raises(Refused, match=r"^--cron: crontab did not take the line \(.+\)$"):
        cron.install(Task(tmp_path, ("true",), {}), "99 2 * * *")
    assert crontab() == before


# In this order, so that the crontab is put back after the daemon has ended.
@pytest.mark.long
@pytest.mark.usefixtures("crontab", "daemon")
def test_cron_runs_the_line_in_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / '50% off, it\'s a "folder"'
    folder.mkdir()
    monkeypatch.chdir("/")
    program = "import os, sys; print(os.getcwd(), os.environ['RUNNER_DATA'], sys.argv[1:])"
    typed = ["--config", 'a "50%" file']
    data = "100% 'data' $HOME"
    task = Task(folder, (sys.executable, "-c", program, *typed), {"RUNNER_DATA": data})
    cron.install(task, EVERY_MINUTE)
    found = cron.find(folder)
    assert found is not None
    assert (found.cron_fields, found.warning) == (EVERY_MINUTE, "")
    log = folder / cron.LOG
    _wait_for_cron(lambda: log.is_file() and log.read_text(), "cron to run the line")
    cron.uninstall(folder)
    assert log.read_text() == f"{folder} {data} {typed}\n"


@pytest.mark.long
@pytest.mark.usefixtures("crontab", "daemon")
def test_cron_runs_a_night_and_the_store_holds_it(tmp_path: Path) -> None:
    config = tmp_path / "night.yaml"
    sweep = shlex.join(["+sweep=smoke", *quick(write_npz(tmp_path / "tiny.npz"))])
    config.write_text(yaml.safe_dump({"sweeps": [sweep]}))
    cron.install(make_task(tmp_path, ["--config", str(config)]), EVERY_MINUTE)
    _wait_for_cron((tmp_path / cron.LOG).exists, "cron to start a night")
    # One night is enough: a second would begin before the first has ended.
    cron.uninstall(tmp_path)
    wait_until((tmp_path / "outputs" / "nightly" / "heartbeat").exists, "the night to end")
    store = Store(f"sqlite:///{tmp_path}/mlflow.db", "nightly")
    (night,) = store.find("tags.`runner.kind` = 'nightly'")
    (sweep_run,) = store.children(night.id)
    assert night.tags["runner.verdict"] == "no verdict yet"
    assert [point.status for point in store.children(sweep_run.id)] == ["FINISHED", "FINISHED"]
