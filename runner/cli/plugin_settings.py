"""Check the settings of the launcher and of the sweeper before Hydra makes them."""

import dataclasses
import inspect
from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.plugin import Plugin
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig, OmegaConf
from pydantic import ValidationError

from runner.cli.hydra_failures import PART_CHOICE
from runner.errors import Refused, one_line
from runner.settings.base import COMPOSED, Group
from runner.settings.hydra_groups import (
    LauncherSettings,
    RayLauncherSettings,
    WithHydra,
    with_launcher,
)
from runner.settings.load import refusal
from runner.settings.slurm_launcher import SlurmLauncherSettings
from runner.settings.suggestion import suggestion

_TARGET = "_target_"
# What Hydra itself takes wherever it makes something.
_HYDRAS = (_TARGET, "_recursive_", "_convert_", "_partial_", "_args_")
_KINDS: dict[str, type[Plugin]] = {"launcher": Launcher, "sweeper": Sweeper}
_SWEEPER = "hydra_plugins.pruning"
# Ours, by the module where Hydra finds them.
_LAUNCHERS: dict[str, type[Group]] = {
    "hydra_plugins.workers": LauncherSettings,
    "hydra_plugins.ray_cluster": RayLauncherSettings,
    "hydra_plugins.slurm": SlurmLauncherSettings,
}
_JOBLIB = "hydra_plugins.hydra_joblib_launcher."


def check_plugins(hydra: DictConfig) -> None:
    """Refuse what the chosen launcher or sweeper does not take, on a single point too.

    Args:
        hydra: Hydra's own settings, composed.

    Raises:
        Refused: there is no such launcher, sweeper or setting of it, or one has a value that is
            not accepted.
    """
    ours: dict[str, dict[str, Any]] = {}
    model = WithHydra
    for part, kind in _KINDS.items():
        node = hydra.get(part)
        plugin = _plugin(part, kind, node)
        # Axes hold what each point looks up for itself.
        values = _values(node, resolve=kind is Launcher)
        settings = _LAUNCHERS.get(plugin.__module__)
        if settings or plugin.__module__ == _SWEEPER:
            ours[part] = values
            model = with_launcher(settings) if settings else model
            continue
        _require_known(part, plugin, node)
        if plugin.__module__.startswith(_JOBLIB):
            _require_joblib(values)
        _require_batch(values)
    try:
        model.model_validate({"hydra": ours}, context=COMPOSED)
    except ValidationError as error:
        raise refusal(error, model) from None


def _plugin(part: str, kind: type[Plugin], node: object) -> type[Plugin]:
    """Return the class that Hydra would make."""
    target = node.get(_TARGET) if isinstance(node, DictConfig) and not node._is_none() else None
    if not isinstance(target, str):
        raise Refused(f"hydra.{part}: {PART_CHOICE} hydra/{part}=NAME")
    plugin = Plugins.instance().class_name_to_class.get(target)
    if plugin is None or not issubclass(plugin, kind):
        raise Refused(
            f"hydra.{part}.{_TARGET}={target}: must be a {part} that Hydra knows; one is chosen "
            f"with a slash, as in hydra/{part}=NAME"
        )
    return plugin


def _values(node: DictConfig, resolve: bool) -> dict[str, Any]:
    values = OmegaConf.to_container(node, resolve=resolve)
    items = values.items() if isinstance(values, dict) else ()
    return {str(key): value for key, value in items if key not in _HYDRAS}


def _require_known(part: str, plugin: type[Plugin], node: DictConfig) -> None:
    """Refuse settings that another launcher or sweeper does not take, where it says what it takes.

    One that was added with a plus would only be found out when it is made.
    """
    schema = OmegaConf.get_type(node)
    if dataclasses.is_dataclass(schema):
        known = [field.name for field in dataclasses.fields(schema)]
    else:
        taken = inspect.signature(plugin.__init__).parameters.values()
        if any(each.kind is each.VAR_KEYWORD for each in taken):
            return
        known = [each.name for each in taken if each.name != "self"]
    offered = [name for name in known if name not in _HYDRAS]
    for name in map(str, node):
        if name not in (*known, *_HYDRAS):
            has = ", ".join(offered) or "no settings"
            raise Refused(
                f"hydra.{part}.{name}: no such setting; hydra.{part} has {has}"
                f"{suggestion(name, offered)}"
            )


def _require_joblib(values: dict[str, Any]) -> None:
    """Let joblib judge what it is given, before any work."""
    from joblib import Parallel

    if values.get("n_jobs") == 0:
        raise Refused(
            "hydra.launcher.n_jobs=0: must be a whole number other than 0; -1 is all cores"
        )
    given = {name: value for name, value in values.items() if value is not None}
    try:
        Parallel(**{name: _number(value) for name, value in given.items()})
    except (TypeError, ValueError) as error:
        raise Refused(f"hydra.launcher: {one_line(error)}") from None


def _number(value: object) -> object:
    """Read a number from a text, as the launcher does."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _require_batch(values: dict[str, Any]) -> None:
    size = values.get("max_batch_size")
    if size is not None and size < 1:
        accepted = "a whole number of at least 1, or null"
        raise Refused(f"hydra.sweeper.max_batch_size={size}: must be {accepted}")
