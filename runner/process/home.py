"""Stand in for a home directory where the user has none: no HOME, no entry of a user's number."""

import os


def stand_in() -> dict[str, str]:
    """Return a variable for libraries that cannot do without one; empty where there is a home."""
    return {} if os.path.expanduser("~") != "~" else {"HOME": os.sep}  # noqa: PTH111
