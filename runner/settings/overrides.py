"""A value goes in; the text that one would type for it on the command line comes out."""

import json
import re
from enum import Enum
from typing import Any


def typed(value: Any) -> str:
    """Write a value in Hydra's syntax: null, true, 0.5, [a,b]."""
    if isinstance(value, list | tuple):
        return f"[{','.join(map(typed, value))}]"
    # Not by a table: 0.0 == False and 1 == True.
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value.value if isinstance(value, Enum) else value)


def quoted(value: object) -> str:
    """Write a value so that Hydra reads the same value back from an override."""
    if not isinstance(value, str):
        return typed(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return value if re.fullmatch(r"[\w./:-]+", value) else f"'{escaped}'"
