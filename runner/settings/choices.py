"""Tell what of a point's overrides chooses files of settings from what only changes a value.

Hydra reads the files that are chosen, and then applies values one after the other. So points that
choose the same files can start from one composed configuration.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from omegaconf import DictConfig

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
# The loader itself reads what is in these groups.
_OF_THE_LOADER = ("hydra", "tracking")


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
    """Divide overrides, each of which is read once."""

    def __init__(self, loader: ConfigLoader) -> None:
        """Take what composes points."""
        self.read = functools.cache(OverridesParser.create().parse_override)
        self._has_options = functools.cache(loader.get_group_options)

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
            if not self._is_choice(override):
                changes.append(override)
            elif override.type == OverrideType.CHANGE and not isinstance(override.value(), dict):
                choices.append(text)
            else:
                return None
        return Parts(tuple(choices), tuple(changes))

    def _is_choice(self, override: Override) -> bool:
        key = override.key_or_group
        return group_of(override) in _OF_THE_LOADER or bool(self._has_options(key))


def group_of(override: Override) -> str:
    """Return the first name of an override's key."""
    return override.key_or_group.split(".")[0]


def _is_plain(override: Override) -> bool:
    """Tell whether an override is one value for a key without a prefix or a package."""
    return (
        override.type in {OverrideType.CHANGE, OverrideType.FORCE_ADD}
        and override.package is None
        and not override.is_sweep_override()
        and _PLAIN_KEY.fullmatch(override.key_or_group) is not None
    )
