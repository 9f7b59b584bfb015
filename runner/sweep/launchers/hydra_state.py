"""Give a process the state of Hydra that another one had."""

from typing import Any

from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton


def restore(state: dict[str, Any]) -> None:
    """Make this process's Hydra what another one's was.

    Hydra would look for its plugins each time, in every package that there is; those that this
    process has found stay found.

    Args:
        state: as `Singleton.get_state` gives it.
    """
    found = {**state["instances"], Plugins: Plugins.instance()}
    Singleton.set_state({**state, "instances": found})
