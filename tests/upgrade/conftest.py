"""Unpack what version 0.1 left, for tests that read it or go on with it."""

import importlib
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upgrade.archive import unpack
from tests.upgrade.old_store import Done, Enter

ARCHIVE = Path(__file__).parent / "store_0_1.tar.xz"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of version 0.1 that tests only read."""
    return unpack(ARCHIVE, tmp_path_factory.mktemp("kept"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of version 0.1 to go on in."""
    return unpack(ARCHIVE, tmp_path / "old")


@pytest.fixture
def enter(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Enter]:
    """Enter a command by its door: `enter(folder, "best", "latest")`.

    Not as a process of its own: each would import MLflow again, for seconds.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    caplog.set_level(logging.INFO)

    def run(folder: Path, name: str, *arguments: str) -> Done:
        module = importlib.import_module(f"runner.{name}")
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [str(module.__file__), *arguments])
        capsys.readouterr()
        caplog.clear()
        with pytest.raises(SystemExit) as left:
            module.main()
        out, err = capsys.readouterr()
        return Done(arguments, int(str(left.value.code or 0)), out, err + caplog.text)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)
