"""Hydra finds the sweeps, also after a program has put its plugins back as they were before."""

from hydra._internal.utils import create_automatic_config_search_path
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from runner.settings.paths import CONF, SWEEPS, SweepsOnSearchPath, register


def _searched() -> list[str | None]:
    found = create_automatic_config_search_path(None, None, str(CONF))
    return [element.path for element in found.get_path()]


def test_sweeps_are_found_once_and_again_where_hydra_has_forgotten_them() -> None:
    register()
    register()
    assert _searched().count(f"file://{SWEEPS}") == 1
    Plugins.instance().plugin_type_to_subclass_list[SearchPathPlugin].remove(SweepsOnSearchPath)
    assert f"file://{SWEEPS}" not in _searched()
    register()
    assert _searched().count(f"file://{SWEEPS}") == 1
