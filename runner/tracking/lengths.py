"""Keep names, parameters and tags within what stores take."""

import json
import re
from collections.abc import Sequence

from runner.tracking.connection import StoreFailed

# Characters that a run's name may have; those of a tag from a run's creation; those of any tag.
NAME, FIRST_TAG, TAG = 250, 5000, 8000
PARAMETER = 6000
# What parameters and tags may have where that is too much: servers before MLflow 2.10, and 1.28.
SHORTER = ((500, 5000), (250, 5000))
_CUT = "..."
_TOO_LONG = re.compile(r"exceed\w*\b.*\blength|length.*\bexceed|too long", re.IGNORECASE)


def cut(text: str, longest: int) -> str:
    """Return the text, or the beginning of one that is too long, with three dots."""
    return text if len(text) <= longest else f"{text[: longest - len(_CUT)]}{_CUT}"


def is_too_long(failure: StoreFailed) -> bool:
    """Tell whether a store did not take a value for its length."""
    return bool(_TOO_LONG.search(str(failure)))


def list_of_names(names: Sequence[str]) -> str:
    """Write names as a list in JSON that is no longer than a tag; the last may count the rest."""
    text = json.dumps(list(names))
    first = len(names)
    while len(text) > TAG:
        first -= max(1, first // 20)
        text = json.dumps([*names[:first], f"and {len(names) - first} more"])
    return text
