"""Write values as one types them on the command line, in Hydra's syntax."""

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

# Not what Hydra reads as a number, as true or false, or as null.
_NO_TEXT = r"(?!(?i:[-+]?[\d_.]+(e[-+]?\d+)?|nan|[-+]?inf|true|false|null)\Z)"
_PLAIN = re.compile(rf"{_NO_TEXT}[\w./:-]+")
_READABLE = re.compile(f"{_NO_TEXT}.+", re.DOTALL)


def as_override(value: Any) -> str:
    """Write a value in Hydra's syntax: null, true, 0.5, [a,b]; texts stay as they are."""
    if isinstance(value, list | tuple):
        return f"[{','.join(map(as_override, value))}]"
    # Not by a table: 0.0 == False and 1 == True.
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value.value if isinstance(value, Enum) else value)


def quote_override(value: object) -> str:
    """Write a value so that Hydra reads the same value back: in quotes where needed."""
    return _written(value, _PLAIN)


def shown(value: object) -> str:
    """Write a value as `quote_override` does, but in quotes only what would else be misread."""
    return _written(value, _READABLE)


def _written(value: object, plain: re.Pattern[str]) -> str:
    if isinstance(value, list | tuple):
        return f"[{','.join(_written(each, plain) for each in value)}]"
    if isinstance(value, Mapping):
        each = (f"{name}:{_written(inner, plain)}" for name, inner in value.items())
        return f"{{{','.join(each)}}}"
    if not isinstance(value, str):
        return as_override(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return value if plain.fullmatch(value) else f"'{escaped}'"
