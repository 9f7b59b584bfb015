"""Write plain values as JSON that every reader takes."""

import json
import math
from collections.abc import Mapping
from typing import Any

from runner.escaping.terminal import encodable


def json_text(values: Any) -> str:
    r"""Write values as JSON (RFC 8259), in ASCII and with an indent.

    JSON knows no NaN and no infinity, which become null, and no lone surrogates, which are shown as
    on a terminal.
    """
    return json.dumps(_valid(values), indent=2, allow_nan=False)


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_valid(key): _valid(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_valid(each) for each in value]
    return value
