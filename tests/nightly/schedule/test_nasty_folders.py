"""Schedules of folders whose names cron, a shell or systemd would misread."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.nightly.schedule import cron, install, systemd
from runner.nightly.schedule.task import Task, make_task
from tests.helpers.nasty_names import MARKER, NAMES, hidden_in

NEVER = "must be without a line break, another control character, a backslash or a dollar"
FOLDERS = {
    **{key: name.replace("/", "_")[:200] for key, name in NAMES.items()},
    "neighbour": "b",
    "tag of a neighbour": "a # runner.nightly b",
    "tag within quotes": "it's # runner.nightly b",
    "tilde": "~",
    "hash": "#",
    "semicolon": ";",
    "trailing space": "b ",
    "percents": "100%%n%h \\%"[:-2],
}
# What neither cron nor systemd can hold or show is refused, and no system has a lone surrogate.
REFUSED = ("colour", "title", "c1", "delete", "line break", "carriage return", "forged line",
           "backslash", "line separator", "shell", "lone surrogate")  # fmt: skip
ACCEPTED = [name for name in FOLDERS if name not in REFUSED]
# A folder's name in the root, as a tag may name one, too.
OTHERS = ["/b", "/a # runner.nightly /b", "/a 2>&1 # runner.nightly /b", "/'# runner.nightly /b"]


def _folders(root: Path) -> list[Path]:
    return [*(root / FOLDERS[name] for name in ACCEPTED), *map(Path, OTHERS)]


def _tasks(root: Path) -> list[Task]:
    """Make the tasks of the folders that no scheduler refuses."""
    return [make_task(folder, []) for folder in _folders(root)]


def test_a_line_is_its_own_folders_alone(tmp_path: Path) -> None:
    lines = {task.folder: cron.line(task, "30 2 * * *") for task in _tasks(tmp_path)}
    for (folder, line), other in product(lines.items(), lines):
        rest = cron.replace_line(f"{line}\n", other)
        assert (rest == "") == (folder == other), (folder, other)


def test_a_line_of_an_earlier_version_or_one_that_was_edited_is_recognized() -> None:
    earlier = (
        "0 3 * * * cd '/srv/a b' && export RUNNER_DATA='it'\"'\"'s # 5\\%' && "
        "/bin/mkdir -p outputs && exec /p/python -m runner.nightly >> outputs/nightly.log 2>&1"
        " # runner.nightly /srv/a b"
    )
    assert cron.replace_line(earlier, Path("/srv/a b")) == ""
    assert cron.replace_line(earlier, Path("/srv/a")) == f"{earlier}\n"
    edited = earlier.replace("cd ", "nice cd ").replace("0 3 * * *", "@daily")
    assert cron.replace_line(edited, Path("/srv/a b")) == ""


@pytest.mark.usefixtures("home")
def test_uninstalling_one_folder_leaves_the_others_line() -> None:
    one, two = Path("/a # runner.nightly /b"), Path("/b")
    for folder in (one, two):
        cron.install(make_task(folder, []), "30 2 * * *")
    assert cron.uninstall(two)
    assert cron.find(one)
    assert cron.find(two) is None


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_shell_runs_the_line_in_the_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / FOLDERS[name]
    folder.mkdir()
    program = "import os, sys; print(ascii(os.getcwd()), sys.argv[1:])"
    arguments = (sys.executable, "-S", "-c", program, "$(touch x)", "50% 'x'")
    line = cron.line(Task(folder, arguments, {}), "0 0 * * *")
    # As cron does: five fields, then the command, in which \% is a percent.
    command = line.split(" ", 5)[5].replace("\\%", "%")
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True)
    log = (folder / cron.LOG).read_text()
    assert log == f"{str(folder)!a} ['$(touch x)', \"50% 'x'\"]\n"
    assert not list(tmp_path.rglob(MARKER))


@pytest.mark.parametrize("name", REFUSED[:-1])
def test_what_no_crontab_can_hold_or_show_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=NEVER):
        make_task(Path("/srv") / FOLDERS[name], [])


@pytest.mark.parametrize(
    ("name", "why"),
    [("caf\udce9", "UTF-8"), ("b ", "space")],
)
def test_what_no_unit_can_hold_is_refused_for_systemd(home: Path, name: str, why: str) -> None:
    task = make_task(Path("/srv") / name, [])
    with pytest.raises(Refused, match=rf"^--systemd: .*{why}; take --cron$"):
        systemd.install(task, "*-*-* 02:30:00")
    assert not list(home.iterdir())


def test_what_is_no_utf_8_in_the_command_or_a_variable_is_refused_for_systemd(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(Path("/srv"), ["--config", "/caf\udce9"])
    with pytest.raises(Refused, match="UTF-8"):
        systemd.install(task, "*-*-* 02:30:00")
    monkeypatch.setenv("RUNNER_DATA", "/caf\udce9")
    with pytest.raises(Refused, match="UTF-8"):
        systemd.install(make_task(Path("/srv"), []), "*-*-* 02:30:00")
    assert not list(home.iterdir())


def test_systemd_takes_the_units_of_every_other_folder(home: Path, tmp_path: Path) -> None:
    for task in _tasks(tmp_path):
        if str(task.folder).startswith(str(tmp_path)):
            with suppress(Refused):
                install.install("systemd", "02:30", ["--config", __file__], task.folder)
                task.folder.mkdir(exist_ok=True)
    units = sorted((home / ".config" / "systemd" / "user").iterdir())
    assert len(units) > 20
    for unit in units:
        _, described, *_ = unit.read_text(encoding="utf-8").splitlines()
        assert described.startswith("Description=")
        assert hidden_in(described) == []
    program = shutil.which("systemd-analyze")
    if program:
        done = subprocess.run(
            [program, "verify", "--user", "--man=no", *units],
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.usefixtures("home")
def test_a_long_name_of_a_folder_has_a_unit() -> None:
    for letters in (222, 255):
        folder = Path("/srv") / ("x" * letters)
        systemd.install(make_task(folder, []), "*-*-* 02:30:00")
        assert systemd.find(folder)
        assert systemd.uninstall(folder)
