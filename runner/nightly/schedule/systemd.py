"""Install a task as a service and a timer of the user's systemd, find it there, or remove it."""

import getpass
import hashlib
import os
import re
import subprocess
from datetime import time
from pathlib import Path

from runner.errors import Refused
from runner.escaping.terminal import encodable, visible
from runner.nightly.schedule.task import Schedule, Task

_SERVICE = """[Unit]
Description=Nightly pruning sweeps in {shown}

[Service]
Type=oneshot
WorkingDirectory={folder}
{variables}ExecStart={command}
Nice=10
"""
_TIMER = """[Unit]
Description=Nightly pruning sweeps in {shown}

[Timer]
OnCalendar={when}
Persistent=true

[Install]
WantedBy=timers.target
"""
# A file's name has 255 characters at most; those of earlier versions were not cut.
_LONGEST_NAME = 222


def daily(at: time) -> str:
    """Write a time of every day as systemd's calendar event."""
    return f"*-*-* {at:%H:%M}:00"


def install(task: Task, when: str) -> None:
    """Write the folder's units, or replace them, and start the timer where systemd answers.

    Raises:
        Refused: the files cannot be written, or systemd would not start such a program.
    """
    _require_unit(task)
    timer = _timer(task.folder)
    # Variables may hold passwords.
    _write(timer.with_suffix(".service"), service_text(task), 0o600 if task.variables else 0o644)
    _write(timer, timer_text(task, when), 0o644)
    # Enabling alone leaves a timer that runs already at its old time.
    for arguments in (["daemon-reload"], ["enable", timer.name], ["restart", timer.name]):
        _systemctl(*arguments)


def preview(task: Task, when: str) -> list[str]:
    """Return the units that would be written, each below its path.

    Raises:
        Refused: no unit can hold the task.
    """
    _require_unit(task)
    timer = _timer(task.folder)
    units = {timer.with_suffix(".service"): service_text(task), timer: timer_text(task, when)}
    return [line for path, text in units.items() for line in (f"{path}:", *text.split("\n"))]


def uninstall(folder: Path) -> str:
    """Remove the folder's units; returns where they were, or nothing where there were none."""
    schedule = find(folder)
    if not schedule:
        return ""
    timer = _timer(folder)
    _systemctl("disable", "--now", timer.name)
    # Where systemd does not answer, its link is still there.
    for path in (timer.parent / "timers.target.wants" / timer.name, timer):
        path.unlink(missing_ok=True)
    timer.with_suffix(".service").unlink(missing_ok=True)
    _systemctl("daemon-reload")
    return schedule.place


def find(folder: Path) -> Schedule | None:
    """Find the folder's timer."""
    timer = _timer(folder)
    try:
        text = timer.read_text(encoding="utf-8")
    except OSError:
        return None
    calendar = re.search(r"^OnCalendar=(.*)$", text, re.MULTILINE)
    when = calendar[1].strip() if calendar else "no OnCalendar"
    daily_at = re.fullmatch(r"\*-\*-\* (\d+):(\d+):00", when)
    fields = f"{int(daily_at[2])} {int(daily_at[1])} * * *" if daily_at else ""
    return Schedule("systemd", when, str(timer), fields, _warning(timer.name))


def service_text(task: Task) -> str:
    """Write the service; its description shows what would steer a terminal as escapes."""
    pairs = (f"{name}={value}" for name, value in task.variables.items())
    return _SERVICE.format(
        shown=_escaped(visible(str(task.folder))),
        folder=_escaped(str(task.folder)),
        variables="".join(f"Environment={_quoted(pair)}\n" for pair in pairs),
        command=" ".join(map(_quoted, task.command)),
    )


def timer_text(task: Task, when: str) -> str:
    """Write the timer, which catches up on a night that the machine was off."""
    return _TIMER.format(shown=_escaped(visible(str(task.folder))), when=when)


def _require_unit(task: Task) -> None:
    """Refuse what no unit can hold (systemd.syntax(7)): it drops a line that is no UTF-8.

    Raises:
        Refused: it holds that, or systemd would not start such a program.
    """
    program, folder = task.command[0], str(task.folder)
    if "'" in program or '"' in program:
        raise Refused(f"--systemd: {program} must be without quotes; take --cron")
    for text in (folder, *task.command, *task.variables.values()):
        if encodable(text) != text:
            raise Refused(f"--systemd: {encodable(text)} must be UTF-8; take --cron")
    if folder != folder.rstrip():
        raise Refused(f"--systemd: {folder!r} must not end in a space; take --cron")


def _timer(folder: Path) -> Path:
    """Return the path of the folder's timer; folders of the same name get different ones."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    name = re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-")[:_LONGEST_NAME]
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
    return config / "systemd" / "user" / f"runner-nightly-{name}-{digest}.timer"


def _escaped(text: str) -> str:
    """Escape percents, which begin systemd's specifiers."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    escaped = _escaped(text)
    plain = re.fullmatch(r"[\w@%+=:,./-]+", escaped, re.ASCII)
    return escaped if plain else '"' + escaped.replace('"', '\\"') + '"'


def _write(path: Path, text: str, mode: int) -> None:
    """Write a unit to another file, then rename it: systemd may read at any time."""
    temporary = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        raise Refused(f"--systemd: cannot write {path} ({error.strerror}); take --cron") from None


def _systemctl(*arguments: str) -> bool:
    """Ask the user's systemd; false where it is not there, does not answer or does not do it."""
    try:
        done = subprocess.run(
            ["systemctl", "--user", *arguments], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _warning(timer: str) -> str:
    """Say what to type to start the timer, or to have it run when nobody is logged in."""
    if not _systemctl("is-active", timer):
        return (
            "the timer does not run; type: systemctl --user daemon-reload && "
            f"systemctl --user enable --now {timer}"
        )
    user = getpass.getuser()
    if not Path("/var/lib/systemd/linger", user).exists():
        return f"runs only while {user} is logged in; for all nights: loginctl enable-linger {user}"
    return ""
