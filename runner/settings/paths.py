"""Find conf/ and sweeps/, and let Hydra find them and the plugins."""

import sys
from pathlib import Path

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from runner.settings.config_files import use_config_files

_PACKAGE = Path(__file__).resolve().parents[1]


def _folder(name: str) -> Path:
    """Find a folder inside the installed package or, in a checkout, beside it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


CONF = _folder("conf")
SWEEPS = _folder("sweeps")


class SweepsOnSearchPath(SearchPathPlugin):
    """Let Hydra find the sweep files from any working directory."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the sweeps folder, by absolute path."""
        search_path.append("runner", f"file://{SWEEPS}")


def register() -> None:
    """Tell Hydra where this project's sweeps and plugins are, which it may have forgotten since."""
    plugins = str(_PACKAGE / "sweep" / "plugins")
    if plugins not in sys.path:
        sys.path.append(plugins)
    Plugins.instance().register(SweepsOnSearchPath)
    use_config_files()
