"""Write values as one types them on the command line, in Hydra's syntax."""

import json
import re
from enum import Enum
from typing import Any


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
    if not isinstance(value, str):
        return as_override(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return value if re.fullmatch(r"[\w./:-]+", value) else f"'{escaped}'"
