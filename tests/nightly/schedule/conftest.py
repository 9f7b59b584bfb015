"""A home of its own for every test of schedules that asks for one."""

import os
from pathlib import Path

import pytest

from tests.helpers.schedules import CRONTAB, SYSTEMCTL, stand_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without schedules, and stand-ins for the programs that would reach beyond it."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    stand_in(tmp_path, "crontab", CRONTAB)
    stand_in(tmp_path, "systemctl", SYSTEMCTL)
    return home
