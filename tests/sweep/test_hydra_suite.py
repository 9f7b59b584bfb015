"""The tests that Hydra publishes for launchers, with those of this project."""

import os
from collections.abc import Iterator
from multiprocessing import forkserver
from typing import Any

import pytest
import ray
from hydra import version
from hydra.test_utils.launcher_common_tests import IntegrationTestSuite, LauncherTestSuite

from runner.settings.paths import CONF, register
from tests.helpers.project import PROJECT

FOUND = f"hydra.searchpath=[file://{CONF}]"
QUIET = ["hydra/hydra_logging=disabled", "hydra/job_logging=disabled"]


@pytest.fixture(autouse=True)
def _launchers_are_found(hydra_restore_singletons: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """Let applications find the launchers, in processes of their own too."""
    register()
    # The tests are for applications that name no version; other tests here have named one.
    version.setbase("1.1")
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


LOCAL = ["hydra.launcher.cluster=local", "hydra.launcher.array_parallelism=2"]


@pytest.mark.long
@pytest.mark.parametrize(("launcher_name", "overrides"), [("slurm", [FOUND, *LOCAL])])
class TestSlurm(LauncherTestSuite):
    """The same, each job in a process of submitit's."""


@pytest.fixture(scope="module")
def _cluster() -> Iterator[None]:
    """End the cluster that the first of these tests starts, and the others use."""
    yield
    ray.shutdown()


@pytest.mark.long
@pytest.mark.usefixtures("_cluster")
@pytest.mark.parametrize(
    ("launcher_name", "overrides"), [("ray", [FOUND, "hydra.launcher.n_jobs=2"])]
)
class TestRay(LauncherTestSuite):
    """The same, each job in an actor of Ray's."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("task_launcher_cfg", "extra_flags"), [({}, ["-m", FOUND, "hydra/launcher=workers", *QUIET])]
)
class TestWorkersOfScripts(IntegrationTestSuite):
    """Of scripts, which each are a process of their own."""
