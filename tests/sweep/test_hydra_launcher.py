"""Which launchers a sweep uses as they are, and which ones inside an adapter."""

from hydra._internal.core_plugins.basic_launcher import BasicLauncher

from runner.sweep.launchers.hydra_launcher import adapt
from runner.sweep.launchers.local.launcher import WorkersLauncher


def test_a_launcher_of_this_project_is_used_as_it_is() -> None:
    # Not set up: recognizing the launcher must not count the machine's cores and memory.
    launcher = WorkersLauncher(n_jobs=None, timeout_minutes=None, fresh_workers=False)
    assert adapt(launcher) is launcher
    assert adapt(launcher).can_stop()


def test_a_launcher_of_hydra_is_adapted() -> None:
    launcher = adapt(BasicLauncher())
    assert launcher.n_jobs() is None
    assert not launcher.can_stop()
