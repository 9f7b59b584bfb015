"""Compose configurations that show no secret of the store's address: Hydra writes them to disk.

What Hydra reads before any code of ours is checked here too.
"""

import re
from typing import Any

import hydra._internal.hydra
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.types import RunMode
from omegaconf import DictConfig, ListConfig, Node, flag_override

from runner.cli.group_choice import require_names
from runner.cli.plugin_settings import check_plugins
from runner.errors import Refused
from runner.settings.address_mask import MASK, holds_secret, is_masked, masked
from runner.settings.interpolation import is_elsewhere
from runner.settings.secret_text import VARIABLE
from runner.settings.typed_address import (
    masked_argument,
    put_into_environment,
    require_no_secret_beside,
)

_SETTING, _AXES = "tracking.uri", "hydra.sweeper.params."
# What libraries take for the login to a store, or to where it keeps its files.
_LOGIN = re.compile(r"(?:.*_)?(?:PASSWORD|TOKEN|SECRET|SECRET_.*|API_KEY|CONNECTION_STRING)", re.I)


class MaskingLoader(ConfigLoaderImpl):
    """Hydra's own loader; the whole address goes into the environment of this process."""

    def load_configuration(
        self,
        config_name: str | None,
        overrides: list[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        """Compose as Hydra does, and mask what came from files; overrides were masked before.

        Raises:
            Refused: a choice of a group is no name, or the launcher or the sweeper cannot work.
        """
        require_names(overrides, self)
        config = super().load_configuration(
            config_name, overrides, run_mode, from_shell, validate_sweep_overrides
        )
        with flag_override(config, ["struct", "readonly"], [False, False]):
            _mask(config)
        check_plugins(config.hydra)
        return config


def use_masking_loader() -> None:
    """Let Hydra compose with this loader in this process, and in those that it starts."""
    # Hydra offers no place for it: callbacks are asked once the configuration of a job is written.
    vars(hydra._internal.hydra)["ConfigLoaderImpl"] = MaskingLoader


def _mask(config: DictConfig) -> None:
    """Mask the address of the store where it has a place; any other one is used as it is."""
    found: set[str] = set()
    tracking, variables = config.get("tracking"), config.hydra.job.env_set
    _require_no_login(variables)
    typed = _text(tracking, "uri") if isinstance(tracking, DictConfig) else ""
    if isinstance(tracking, DictConfig):
        _mask_text(tracking, "uri", _SETTING, found)
    _mask_below(config.hydra.sweeper, "hydra.sweeper", found)
    _mask_text(variables, VARIABLE, _SETTING, found)
    # What the command line names counts more than any file.
    put_into_environment(() if is_masked(typed) else found)
    if is_masked(_text(variables, VARIABLE)):
        # The environment has the whole one.
        del variables[VARIABLE]


def _require_no_login(variables: DictConfig) -> None:
    for name in map(str, variables):
        value = _leaf(variables, name)._value()
        if _LOGIN.fullmatch(name) and not is_elsewhere(str(value or "")):
            raise Refused(
                f"hydra.job.env_set.{name}={MASK}: belongs into the environment, for Hydra writes "
                "this setting to disk; set the variable before you start the command"
            )


def _mask_below(node: Any, name: str, found: set[str]) -> None:
    """Mask the values of the setting below a node, and collect the addresses that they held."""
    if not isinstance(node, DictConfig | ListConfig):
        return
    for key in list(node) if isinstance(node, DictConfig) else range(len(node)):
        path = f"{name}.{key}" if isinstance(node, DictConfig) else name
        _mask_below(_leaf(node, key), path, found)
        if path.endswith(f".{_SETTING}"):
            _mask_text(node, key, path, found)


def _mask_text(node: DictConfig | ListConfig, key: Any, path: str, found: set[str]) -> None:
    text = _text(node, key)
    if "${" in text:
        require_no_secret_beside(f"{_SETTING}={text}")
    if "${" in text or not holds_secret(text):
        return
    shown, secret = masked(text), [text]
    if path.startswith(_AXES):
        # Values as they are typed.
        shown, secret = masked_argument(f"{_SETTING}={text}")
        shown = shown.removeprefix(f"{_SETTING}=")
    found.update(secret)
    node[key] = shown


def _leaf(node: Any, key: Any) -> Any:
    # Not by the key itself, which would look up what `${...}` stands for.
    return node._get_node(key)


def _text(node: Any, key: Any) -> str:
    """Return a text as it stands there, with its interpolations; empty where there is none."""
    leaf = _leaf(node, key)
    value = leaf._value() if isinstance(leaf, Node) else None
    return value if isinstance(value, str) and value != "???" else ""
