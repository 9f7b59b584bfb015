"""Compose the settings of many points, reading files of settings once for each choice of them."""

import copy
import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from runner.errors import Refused
from runner.settings import Settings, from_hydra
from runner.settings.load import from_values

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
# The loader itself reads what is in these groups.
_OF_THE_LOADER = ("hydra", "tracking")
# Choices of files that are kept at a time.
_KEPT = 256


class Composition:
    """Compose points as Hydra does.

    Hydra reads the files that are chosen, and then applies values one after the other. Points that
    choose the same files start here from one composed configuration, to which Hydra's own function
    applies their values. Whatever is no choice of a file and no value of a setting that is there,
    and whatever fails, is left to Hydra as a whole: its words stay the same.
    """

    def __init__(self, loader: ConfigLoader, config: DictConfig) -> None:
        """Take what composes a point, and the configuration of the sweep."""
        self._loader, self._config = loader, config
        self._parse = functools.cache(OverridesParser.create().parse_override)
        self._has_options = functools.cache(loader.get_group_options)
        self._with_choices = functools.lru_cache(_KEPT)(self._compose_choices)

    def settings(self, overrides: Sequence[str]) -> Settings:
        """Return the settings of a point.

        Raises:
            HydraException: they cannot be composed.
            ImpossiblePoint: values that are each fine do not go together.
            Refused: a value is not accepted.
        """
        values = None
        with suppress(HydraException, OmegaConfBaseException, Refused):
            values = self._compose(overrides)
        if values is not None:
            return from_values(values)
        return from_hydra(self._loader.load_sweep_config(self._config, list(overrides)))

    def _compose(self, overrides: Sequence[str]) -> Any:
        """Return the values of all settings of a point; None where Hydra must compose it."""
        choices: list[str] = []
        changes: list[Override] = []
        for text in overrides:
            override = self._parse(text)
            if not _is_plain(override, text):
                return None
            if not self._is_choice(override):
                changes.append(override)
            elif override.type == OverrideType.CHANGE and not isinstance(override.value(), dict):
                choices.append(text)
            else:
                return None
        chosen = self._with_choices(tuple(choices))
        return None if chosen is None else _changed(chosen, changes)

    def _is_choice(self, override: Override) -> bool:
        key = override.key_or_group
        return _group(override) in _OF_THE_LOADER or bool(self._has_options(key))

    def _compose_choices(self, choices: tuple[str, ...]) -> DictConfig | None:
        """Compose the files that are chosen; None where a value needs what is not kept of them."""
        chosen = self._loader.load_sweep_config(self._config, list(choices))
        with open_dict(chosen):
            chosen.pop("hydra")
        return None if _asks_loader(str(OmegaConf.to_container(chosen))) else chosen


def _is_plain(override: Override, text: str) -> bool:
    """Tell whether an override is one value for a key without a prefix or a package."""
    return (
        override.type in {OverrideType.CHANGE, OverrideType.FORCE_ADD}
        and override.package is None
        and not override.is_sweep_override()
        and _PLAIN_KEY.fullmatch(override.key_or_group) is not None
        and not _asks_loader(text)
    )


def _asks_loader(text: str) -> bool:
    """Tell whether a text may look up what the loader writes into each point."""
    return "${" in text and "hydra" in text


def _group(override: Override) -> str:
    return override.key_or_group.split(".")[0]


def _changed(chosen: DictConfig, changes: list[Override]) -> Any:
    """Return all values after some changes; None where a setting would be new."""
    groups = set(map(_group, changes))
    if not groups <= chosen.keys():
        return None
    with _restoring(chosen, groups):
        ConfigLoaderImpl._apply_overrides_to_config(changes, chosen)
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
