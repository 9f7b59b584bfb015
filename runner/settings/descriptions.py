"""Describe each setting by its own docstring, range and default."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from runner.settings.base import Group
from runner.settings.groups import Settings
from runner.settings.overrides import as_override


@dataclass(frozen=True)
class Description:
    """A setting.

    Attributes:
        name: as it is typed, with its group.
        default: as it is typed.
        accepted: which values it takes.
        meaning: what it decides, with its unit.
    """

    name: str
    default: str
    accepted: str
    meaning: str


@dataclass(frozen=True)
class GroupDescription:
    """A group of settings; those that have none make one without a name."""

    name: str
    purpose: str
    settings: tuple[Description, ...]


def descriptions() -> list[GroupDescription]:
    """Return all groups, the settings that have none first."""
    groups = {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group)
    }
    alone = GroupDescription("", "", _described(Settings, ""))
    return [
        alone,
        *(
            GroupDescription(name, str(group.__doc__).partition("\n")[0], _described(group, name))
            for name, group in groups.items()
        ),
    ]


def meanings(group: type[Group]) -> Mapping[str, str]:
    """Return what each setting means, by its name: the docstring that stands below it.

    Those that only the runner itself sets have none.
    """
    parts = [part for part in reversed(group.__mro__) if issubclass(part, Group)]
    return {name: text for part in parts for name, text in _own_meanings(part).items()}


def _own_meanings(group: type[Group]) -> dict[str, str]:
    """Return the meanings of those settings that the class does not inherit."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(group)))
    (definition,) = tree.body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101
    texts = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            texts[ast.unparse(field.target)] = " ".join(ast.literal_eval(text.value).split())
    return texts


def _described(group: type[Group], prefix: str) -> tuple[Description, ...]:
    found = []
    for name, meaning in meanings(group).items():
        field = group.model_fields[name]
        default = field.get_default(call_default_factory=True) or _falsy(field.default)
        whole = f"{prefix}.{name}" if prefix else name
        found.append(Description(whole, as_override(default), str(field.description), meaning))
    return tuple(found)


def _falsy(default: object) -> object:
    """Return a default as conf/ writes it, where an empty text or group stands as null."""
    return default if isinstance(default, int | float | tuple) else None
