"""Check a user's model file in a process of its own, which needs no TensorFlow.

That process is `python -m runner.planning.file_inspection`; it reads the path from standard input.
What a file says is read by libraries in C, which a crafted one may exhaust or end.
"""

import functools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import is_fault, one_line
from runner.escaping.terminal import say
from runner.models.digest import digest
from runner.models.errors import Unfit, refusing, short
from runner.process import isolated

if TYPE_CHECKING:
    from runner.settings import ArchitectureSettings

# What it may take: names, shapes and texts, not weights.
_LIMITS = isolated.Limits(memory=4 * 2**30, seconds=10 * 60)


@dataclass(frozen=True)
class _File:
    path: Path
    content: str
    trust: bool


def require_fit(architecture: "ArchitectureSettings") -> None:
    """Require that a model file can be loaded, by what it says of its model.

    A file takes part of a second; one of the same content as before takes no time.

    Raises:
        Refused: there is no such file, or it must not be loaded.
    """
    path = architecture.path
    if path is None:
        return
    with refusing(architecture):
        _require_model(path)
        reason = _reason_against(_File(path, digest(path), architecture.trust))
        if reason is not None:
            raise Unfit(reason)


def _require_model(path: Path) -> None:
    """Refuse what need not be read: a folder may hold all files of the machine."""
    try:
        if not path.exists():
            raise Unfit("no such file or folder")
        if path.is_dir() and not (path / "saved_model.pb").is_file():
            raise Unfit("is a folder without a SavedModel (saved_model.pb)")
    except OSError as error:
        raise Unfit(f"cannot be read ({short(error)})") from None


@functools.cache
def _reason_against(file: _File) -> str | None:
    """Say what speaks against a file."""
    asked = json.dumps({"path": str(file.path.absolute()), "trust": file.trust})
    try:
        process = isolated.run("runner.planning.file_inspection", stdin=asked, limits=_LIMITS)
    except isolated.Exhausted as reason:
        return f"reading what it says of its model {reason}"
    isolated.require_no_fault(process)
    try:
        answer: dict[str, str | None] = json.loads(process.stdout)
    except ValueError:
        return f"cannot be read (the process that read it ended with code {process.returncode})"
    return answer["unfit"]


def _check(asked: dict[str, Any]) -> str | None:
    from runner.models import file_check

    try:
        file_check.check(Path(asked["path"]), asked["trust"])
    except Unfit as reason:
        return str(reason)
    except MemoryError:
        raise
    except Exception as error:
        # Files may be nested so deeply that Python gives up, wherever that is.
        if is_fault(error) and not isinstance(error, RecursionError):
            raise
        return f"cannot be read ({one_line(error)})"
    return None


if __name__ == "__main__":
    say(json.dumps({"unfit": _check(json.load(sys.stdin))}))
