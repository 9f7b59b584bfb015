"""Make code that shows that it ran: it creates a marker file, and nothing else."""

import codecs
import marshal
from pathlib import Path
from typing import Any


def function(marker: Path) -> list[Any]:
    """A function as Keras writes it into files: bytecode, default values, no closure."""
    code = codecs.encode(marshal.dumps(_touch.__code__), "base64").decode("ascii")
    return [code, [None, str(marker)], None]


def _touch(value: Any, _other: Any = None, marker: str = "") -> Any:
    __import__("pathlib").Path(marker).touch()
    return value
