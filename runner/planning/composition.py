"""Compose the settings of many points, reading files of settings once for each choice of them."""

import copy
import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from runner.errors import Refused
from runner.settings import Settings, from_hydra
from runner.settings.choices import Choices, Parts
from runner.settings.load import from_values
from runner.settings.sharing import SharedGroups

# Choices of files that are kept at a time.
_KEPT = 256


class Composition:
    """Compose points as Hydra does.

    Points that choose the same files start from one composed configuration, to which Hydra's own
    function applies their values. Whatever is no choice of a file and no value of a setting that is
    there, and whatever fails, is left to Hydra as a whole: its words stay the same.
    """

    def __init__(self, loader: ConfigLoader, config: DictConfig) -> None:
        """Take what composes a point, and the configuration of the sweep."""
        self._loader, self._config = loader, config
        self._choices, self._shared = Choices(loader, config), SharedGroups()
        self._with_choices = functools.lru_cache(_KEPT)(self._compose_choices)

    def settings(self, overrides: Sequence[str]) -> Settings:
        """Return the settings of a point, which has its groups in common with those before it.

        Raises:
            HydraException: they cannot be composed.
            ImpossiblePoint: values that are each fine do not go together.
            Refused: a value is not accepted.
        """
        values = None
        with suppress(HydraException, OmegaConfBaseException, Refused):
            values = self._compose(overrides)
        if values is not None:
            return self._shared.of(from_values(values))
        whole = self._loader.load_sweep_config(self._config, list(overrides))
        return self._shared.of(from_hydra(whole))

    def _compose(self, overrides: Sequence[str]) -> Any:
        """Return the values of all settings of a point; None where Hydra must compose it."""
        parts = None if any(map(_asks_loader, overrides)) else self._choices.divide(overrides)
        if parts is None:
            return None
        chosen = self._with_choices(parts.choices)
        return None if chosen is None else _changed(chosen, parts)

    def _compose_choices(self, choices: tuple[str, ...]) -> DictConfig | None:
        """Compose the files that are chosen; None where a value needs what is not kept of them."""
        chosen = self._loader.load_sweep_config(self._config, list(choices))
        with open_dict(chosen):
            chosen.pop("hydra")
        return None if _asks_loader(str(OmegaConf.to_container(chosen))) else chosen


def _asks_loader(text: str) -> bool:
    """Tell whether a text may look up what the loader writes into each point."""
    return "${" in text and "hydra" in text


def _changed(chosen: DictConfig, parts: Parts) -> Any:
    """Return all values after some changes; None where a setting would be new."""
    if not parts.groups <= chosen.keys():
        return None
    with _restoring(chosen, parts.groups):
        parts.apply(chosen)
        return OmegaConf.to_container(chosen, resolve=True)


@contextmanager
def _restoring(config: DictConfig, groups: set[str]) -> Iterator[None]:
    """Put the nodes of some groups back at the end: to copy all others would take much longer."""
    content: dict[str, Any] = vars(config)["_content"]
    before = {group: content[group] for group in groups}
    content.update({group: copy.deepcopy(node) for group, node in before.items()})
    try:
        yield
    finally:
        content.update(before)
