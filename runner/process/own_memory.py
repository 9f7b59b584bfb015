"""Measure the memory that this process takes of its own, beside what it shares with others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.process.meanwhile import meanwhile

_STATM, _SMAPS = Path("/proc/self/statm"), Path("/proc/self/smaps_rollup")
# In seconds: what lasts shorter is rarely the most.
_BETWEEN_LOOKS = 0.1


class OwnMemory:
    """The memory of a process that was forked, from then on.

    Pages that no file stands behind count, as the system counts them: those that the process has
    not written since it was forked are still shared with the one it was forked from.

    Attributes:
        most: the most bytes of its own during a measured block; 0 where the system does not say.
    """

    def __init__(self) -> None:
        """Look at what was inherited."""
        self.most = 0
        self._inherited = _anonymous()

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure during the block."""
        self.most = 0
        if not _STATM.exists():
            yield
            return
        peak = [_anonymous()]

        def look() -> None:
            peak[0] = max(peak[0], _anonymous())

        try:
            with meanwhile(look, _BETWEEN_LOOKS):
                yield
        finally:
            now = _anonymous()
            # What was inherited and written since is its own, too; looked at once, for it is slow.
            copied = max(0, _private() - max(0, now - self._inherited))
            self.most = max(peak[0], now) - self._inherited + min(copied, self._inherited)


def _anonymous() -> int:
    """Return the bytes in memory behind which there is no file."""
    if not _STATM.exists():
        return 0
    _, resident, of_files, *_ = _STATM.read_text(encoding="ascii").split()
    return (int(resident) - int(of_files)) * os.sysconf("SC_PAGE_SIZE")


def _private() -> int:
    """Return the bytes that no other process shares and this one has written."""
    lines = _SMAPS.read_text(encoding="ascii").splitlines()
    found = [line.split()[1] for line in lines if line.startswith("Private_Dirty:")]
    return 1024 * int(found[0]) if found else 0
