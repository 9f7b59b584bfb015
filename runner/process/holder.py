"""Name who works on runs, whatever machine or container it is on."""

import functools
import os
import secrets


def this_holder() -> str:
    """Return 12 hexadecimal digits that are this process's own, and those of no fork of it."""
    return _of(os.getpid())


@functools.lru_cache(maxsize=1)
def _of(_process: int) -> str:
    return secrets.token_hex(6)
