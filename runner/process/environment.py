"""Set variables of the environment for a while, also where several threads do so at once."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class _Variable:
    """What a variable was before, and what it is set to now, the latest last."""

    def __init__(self, name: str) -> None:
        self._name, self._before = name, os.environ.get(name)
        self._values: list[tuple[object, str]] = []

    def add(self, token: object, value: str) -> None:
        self._values.append((token, value))
        os.environ[self._name] = value

    def remove(self, token: object) -> bool:
        """Restore what others have set, or what was there before; return whether it is that."""
        self._values = [each for each in self._values if each[0] is not token]
        now = self._values[-1][1] if self._values else self._before
        if now is None:
            os.environ.pop(self._name, None)
        else:
            os.environ[self._name] = now
        return not self._values


_lock = threading.Lock()
_variables: dict[str, _Variable] = {}


@contextmanager
def overridden(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables inside the block; they are as before once no thread is in such a block.

    Other threads see the values too: the environment is the process's.
    """
    token = object()
    with _lock:
        for name, value in values.items():
            _variables.setdefault(name, _Variable(name)).add(token, value)
    try:
        yield
    finally:
        with _lock:
            for name in values:
                if _variables[name].remove(token):
                    del _variables[name]
