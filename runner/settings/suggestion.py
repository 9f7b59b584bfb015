"""Suggest the name that somebody meant."""

import difflib
from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a line that suggests the known name which is most alike, or nothing."""
    alike = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {alike[0]}?" if alike else ""
