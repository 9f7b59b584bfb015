"""Compose configurations that show no secret of the store's address: Hydra writes them to disk."""

from typing import Any

import hydra._internal.hydra
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.types import RunMode
from omegaconf import DictConfig, ListConfig, Node, OmegaConf, flag_override

from runner.settings.address_mask import holds_secret, is_masked, masked
from runner.settings.secret_text import VARIABLE
from runner.settings.typed_address import masked_argument, put_into_environment

_SETTING, _POINTS = "tracking.uri", "hydra.sweeper.points."


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
        """Compose as Hydra does, and mask what came from files; overrides were masked before."""
        config = super().load_configuration(
            config_name, overrides, run_mode, from_shell, validate_sweep_overrides
        )
        with flag_override(config, ["struct", "readonly"], [False, False]):
            _mask(config)
        return config


def use_masking_loader() -> None:
    """Let Hydra compose with this loader in this process, and in those that it starts."""
    # Hydra offers no place for it: callbacks are asked once the configuration of a job is written.
    vars(hydra._internal.hydra)["ConfigLoaderImpl"] = MaskingLoader


def _mask(config: DictConfig) -> None:
    found: set[str] = set()
    typed = OmegaConf.is_dict(config.get("tracking")) and _text(config.tracking, "uri")
    for name in ("tracking", "hydra.sweeper", "hydra.overrides", "hydra.job"):
        node = OmegaConf.select(config, name)
        if isinstance(node, DictConfig | ListConfig):
            _mask_node(node, name, found)
    # What the command line names counts more than any file.
    put_into_environment(found if not (typed and is_masked(typed)) else ())
    variables = config.hydra.job.env_set
    if is_masked(_text(variables, VARIABLE)):
        # The environment has the whole one.
        del variables[VARIABLE]


def _mask_node(node: DictConfig | ListConfig, name: str, found: set[str]) -> None:
    """Mask the texts below a node, and collect the addresses that they held."""
    for key in list(node) if isinstance(node, DictConfig) else range(len(node)):
        path = f"{name}.{key}" if isinstance(node, DictConfig) else name
        leaf = _leaf(node, key)
        if isinstance(leaf, DictConfig | ListConfig):
            _mask_node(leaf, path, found)
        elif text := _text(node, key):
            shown, secret = _masked_text(path, text)
            found.update(secret)
            if secret:
                node[key] = shown


def _masked_text(path: str, text: str) -> tuple[str, list[str]]:
    if path in (_SETTING, f"hydra.job.env_set.{VARIABLE}") or path.startswith(_POINTS):
        return masked(text), [text] * holds_secret(text)
    if path.endswith(f".{_SETTING}"):
        # An axis of a sweep: values as they are typed.
        shown, secret = masked_argument(f"{_SETTING}={text}")
        return shown.removeprefix(f"{_SETTING}="), secret
    return masked_argument(text)


def _leaf(node: Any, key: Any) -> Any:
    # Not by the key itself, which would look up what `${...}` stands for.
    return node._get_node(key)


def _text(node: DictConfig | ListConfig, key: Any) -> str:
    """Return a text as it stands there; empty where there is none, or it is found elsewhere."""
    leaf = _leaf(node, key)
    value = leaf._value() if isinstance(leaf, Node) else None
    return value if isinstance(value, str) and "${" not in value and value != "???" else ""
