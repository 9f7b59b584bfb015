"""Run a command on a terminal of its own, read what it shows there, and type."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.processes import end_tree
from tests.helpers.project import PROJECT

# What stands for the terminal that a process of a session of its own controls.
_CONTROL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
_CONTROL += "os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """The other end of a terminal, where a person sits."""

    def __init__(self, number: int) -> None:
        self._number, self._unread = number, ""

    def type(self, keys: str) -> None:
        """Type, as a person does: Ctrl-C is `\\x03`, Ctrl-D is `\\x04`."""
        os.write(self._number, keys.encode())

    def read_until(self, text: str) -> str:
        """Read up to a text.

        Raises:
            AssertionError: the command ended before that.
        """
        while text not in self._unread:
            part = b""
            # Linux says so once nobody has the terminal open any more.
            with suppress(OSError):
                part = os.read(self._number, 65536)
            assert part, self._unread
            self._unread += part.decode(errors="replace").replace("\r\n", "\n")
        before, _, self._unread = self._unread.partition(text)
        return before


@contextmanager
def on_terminal(command: Sequence[str], folder: Path, columns: int) -> Iterator[Terminal]:
    """Run a command on a terminal of so many columns; it has ended after the block."""
    mine, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TERM": "xterm"}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [command[0], "-c", _CONTROL, *command],
        cwd=folder, env=environment, stdin=its, stdout=its, stderr=its, start_new_session=True,
    )  # fmt: skip
    os.close(its)
    guard = threading.Timer(HANGS_AFTER, process.kill)
    guard.start()
    try:
        yield Terminal(mine)
        process.wait(HANGS_AFTER)
    finally:
        guard.cancel()
        end_tree(process)
        os.close(mine)
