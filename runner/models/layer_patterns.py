"""Match names of layers with the patterns of a setting."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from runner.errors import ImpossiblePoint


def first_match(name: str, patterns: Iterable[str]) -> str | None:
    """Return the first pattern that fits a name, which decides; None where none does."""
    return next((pattern for pattern in patterns if fnmatchcase(name, pattern)), None)


def require_deciding(setting: str, patterns: Sequence[str], names: Sequence[str]) -> None:
    """Require that each pattern is the first one that fits some name.

    Raises:
        ImpossiblePoint: a pattern fits only names of earlier patterns.
    """
    deciding = {first_match(name, patterns) for name in names}
    for pattern in patterns:
        if pattern not in deciding:
            raise ImpossiblePoint(
                f"{setting}: {pattern} decides nothing: patterns before it fit all its layers; "
                "put it first"
            )
