"""Run a command on a terminal of its own, as a person would, and look at its screen."""

import codecs
import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.screen import Screen

CTRL_C = b"\x03"
# What would have lines printed in place of what is drawn.
_NOT_INHERITED = ("NO_COLOR", "CI", "COLUMNS", "LINES", "FORCE_COLOR")


class PseudoTerminal:
    """A terminal with a command that runs on it in the foreground.

    Attributes:
        text: everything that was printed.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, width: int, height: int,
        environment: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Start the command in a folder, with further variables."""
        self.screen, self.text = Screen(width, height), ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._ours, theirs = os.openpty()
        _set_size(theirs, width, height)
        inherited = {name: each for name, each in os.environ.items() if name not in _NOT_INHERITED}
        self.process = subprocess.Popen(
            # Else no key would reach it: it takes the terminal for its own.
            ["setsid", "--ctty", *command], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
            env={**inherited, "TERM": "xterm-256color", **environment},
        )  # fmt: skip
        os.close(theirs)

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        self._read(0)
        _set_size(self._ours, width, height)
        self.screen.resize(width, height)

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._ours, key)

    def read_until(self, seen: Callable[[], object]) -> None:
        """Read until something is true of what is seen.

        Raises:
            AssertionError: the command ends before, or hangs.
        """
        end = time.monotonic() + HANGS_AFTER
        while not seen():
            assert time.monotonic() < end, self.text
            assert self._read(1), self.text

    def read_to_the_end(self) -> int:
        """Read until the command ends, and return its exit code."""
        while self._read(HANGS_AFTER):
            pass
        os.close(self._ours)
        return self.process.wait(HANGS_AFTER)

    def _read(self, timeout: float) -> bool:
        """Read what is there now; False once the command has ended."""
        if not select.select([self._ours], [], [], timeout)[0]:
            return self.process.poll() is None
        try:
            # Linux says so when nobody has the other side any more.
            data = os.read(self._ours, 1 << 16)
        except OSError:
            return False
        text = self._decoder.decode(data)
        self.text += text
        self.screen.feed(text)
        return bool(data)


def _set_size(terminal: int, width: int, height: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
