"""Tell what of a point's overrides chooses files of settings from what only changes a value.

Hydra reads the files that are chosen, and then applies values one after the other. So points that
choose the same files can start from one composed configuration.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from omegaconf import DictConfig, OmegaConf

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
# The loader itself reads what is in these groups.
_OF_THE_LOADER = ("hydra", "tracking")
# Overrides that are kept as they were read: some are of one point alone.
_READ = 4096


@dataclass(frozen=True)
class Parts:
    """Overrides, divided: those that choose files, and those that change values."""

    choices: tuple[str, ...]
    changes: tuple[Override, ...]

    @property
    def groups(self) -> set[str]:
        """The first names of the settings that change."""
        return set(map(group_of, self.changes))

    def apply(self, config: DictConfig) -> None:
        """Change values of a configuration in place, as Hydra does.

        Raises:
            HydraException: a value cannot be set.
        """
        ConfigLoaderImpl._apply_overrides_to_config(list(self.changes), config)


class Choices:
    """Divide overrides."""

    def __init__(self, loader: ConfigLoader, config: DictConfig) -> None:
        """Take what composes points, and the configuration of their sweep."""
        # The command line may say where more files of settings are. Its words stay as they are:
        # what `${hydra.job.num}` stands for is known in a job alone.
        typed: Any = OmegaConf.to_container(config.hydra.overrides.hydra)
        find = partial(
            loader.get_group_options, config_name=config.hydra.job.config_name, overrides=typed
        )
        self._options = functools.cache(find)
        self._read = functools.lru_cache(_READ)(OverridesParser.create().parse_override)

    def read(self, text: str) -> Override:
        """Return an override as Hydra reads it.

        Raises:
            HydraException: it cannot be read.
        """
        return self._read(text)

    def divide(self, overrides: Sequence[str]) -> Parts | None:
        """Divide overrides; None where one is neither a choice nor one value of a setting.

        Raises:
            HydraException: an override cannot be read.
        """
        choices: list[str] = []
        changes: list[Override] = []
        for text in overrides:
            override = self.read(text)
            if not _is_plain(override):
                return None
            if group_of(override) in _OF_THE_LOADER or self._options(override.key_or_group):
                choices.append(text)
            else:
                changes.append(override)
        if all(map(_chooses, map(self.read, choices))) and all(map(_changes, changes)):
            return Parts(tuple(choices), tuple(changes))
        return None


def group_of(override: Override) -> str:
    """Return the first name of an override's key."""
    return override.key_or_group.split(".")[0]


def _is_plain(override: Override) -> bool:
    """Tell whether an override is one value for a key without a package."""
    return (
        override.package is None
        and not override.is_sweep_override()
        and _PLAIN_KEY.fullmatch(override.key_or_group) is not None
    )


def _chooses(override: Override) -> bool:
    """Tell whether an override chooses a file of a group, as `dataset=mnist` and `+sweep=mnist`."""
    kinds = (OverrideType.CHANGE, OverrideType.ADD)
    return override.type in kinds and not isinstance(override.value(), dict)


def _changes(override: Override) -> bool:
    """Tell whether an override gives a setting a value, as `seed=1` and `++seed=1`."""
    return override.type in {OverrideType.CHANGE, OverrideType.FORCE_ADD}
