"""The tests that Hydra publishes for launchers, with those of this project."""

import os
from collections.abc import Iterator
from multiprocessing import forkserver
from typing import Any

import pytest
from hydra.test_utils.launcher_common_tests import IntegrationTestSuite, LauncherTestSuite

from runner.settings.paths import CONF, register
from tests.helpers.project import PROJECT

FOUND = f"hydra.searchpath=[file://{CONF}]"
QUIET = ["hydra/hydra_logging=disabled", "hydra/job_logging=disabled"]


@pytest.fixture(autouse=True)
def _launchers_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let applications find the launchers, in processes of their own too."""
    register()
    plugins = str(PROJECT / "runner/sweep/plugins")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([plugins, str(PROJECT)]))


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    """End the server of workers, which else stays in memory to the last of all tests."""
    yield
    server: Any = vars(forkserver)["_forkserver"]
    server._stop()


@pytest.mark.parametrize(("launcher_name", "overrides"), [("workers", [FOUND])])
class TestWorkers(LauncherTestSuite):
    """Of an application that has none of this one's settings."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("task_launcher_cfg", "extra_flags"), [({}, ["-m", FOUND, "hydra/launcher=workers", *QUIET])]
)
class TestWorkersOfScripts(IntegrationTestSuite):
    """Of scripts, which each are a process of their own."""
