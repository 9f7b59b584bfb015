"""Name the settings that are paths of the user's, which lead to something on some machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from runner.settings.base import Group
from runner.settings.groups import Settings

# Each machine has folders of its own for what it makes.
_OF_THE_MACHINE = ("cache.folder",)


def path_names() -> list[str]:
    """List the names of the settings that say where something of the user's lies."""
    return [name for name in _paths(Settings, "") if name not in _OF_THE_MACHINE]


def _paths(model: type[Group], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Group):
            yield from _paths(kind, f"{prefix}{name}.")
        elif Path in (kind, *get_args(kind)):
            yield prefix + name
