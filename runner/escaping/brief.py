"""Show a text that a file holds such that it can stand in a line of ours."""

from typing import Any

LONGEST = 80


def brief(text: Any, longest: int = LONGEST) -> str:
    """Return the text with a question mark for what cannot be printed, and cut where it is long."""
    letters = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    return letters if len(letters) <= longest else f"{letters[:longest]}..."
