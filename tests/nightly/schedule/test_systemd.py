"""Units and other files for schedulers, as shipped and as installed, checked by their own tools."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.nightly.schedule import cron, install, systemd
from runner.nightly.schedule.task import Task
from tests.helpers.schedules import EXAMPLE, SHIPPED


def verify(folder: Path, *units: Path) -> str:
    """Let systemd read units; returns what it complains of."""
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not installed (Debian's package systemd)")
    done = subprocess.run(
        [program, "verify", "--user", "--man=no", *units],
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr + ("" if done.returncode == 0 else "failed")


@pytest.mark.parametrize("name", ["plain", '50% off, it\'s a "folder"'])
def test_systemd_takes_the_units_that_are_installed(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", 'http://a "b" $c%40')
    program = tmp_path / "100% python"
    program.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(program))
    install.install("systemd", "02:30", ["--config", f'{folder}/it\'s "x".yaml'], folder)
    units = sorted((home / ".config" / "systemd" / "user").iterdir())
    assert len(units) == 2
    assert verify(tmp_path, *units) == ""


def test_systemd_takes_the_shipped_units(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for path in SHIPPED.glob("runner-nightly.*"):
        text = path.read_text().replace(str(EXAMPLE.folder), str(tmp_path))
        (tmp_path / path.name).write_text(text)
    assert verify(tmp_path, *sorted(tmp_path.glob("runner-nightly.*"))) == ""


def test_systemd_would_complain(tmp_path: Path) -> None:
    timer = tmp_path / "wrong.timer"
    timer.write_text(systemd.timer_text(EXAMPLE, "25:00"))
    assert "Failed to parse calendar specification" in verify(tmp_path, timer)


def test_quotes_in_the_program_are_refused_for_systemd(home: Path) -> None:
    with pytest.raises(Refused, match="must be without quotes; take --cron"):
        systemd.install(Task(Path("/srv"), ("/it's/python",), {}), "*-*-* 02:30:00")
    assert not list(home.iterdir())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("crontab", cron.line(EXAMPLE, "30 2 * * *") + "\n"),
        ("runner-nightly.service", systemd.service_text(EXAMPLE)),
        ("runner-nightly.timer", systemd.timer_text(EXAMPLE, "*-*-* 02:30:00")),
    ],
)
def test_what_is_shipped_is_what_is_installed(name: str, text: str) -> None:
    lines = (SHIPPED / name).read_text().splitlines(keepends=True)
    assert "".join(each for each in lines if not each.startswith("#")) == text


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (["check_jsonschema", "--builtin-schema", "vendor.github-workflows"], "workflow.yml"),
        (["kubernetes_validate", "--strict"], "cronjob.yaml"),
    ],
)
def test_the_other_shipped_files_keep_their_schemas(check: list[str], name: str) -> None:
    command = [sys.executable, "-m", *check, str(SHIPPED / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
