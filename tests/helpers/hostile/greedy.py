"""Take memory, or time, or start a process that goes on: `python -m tests.helpers.hostile.greedy`.

The first argument says what.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER


def main() -> None:
    """Be greedy."""
    kind, *rest = sys.argv[1:]
    if kind == "memory":
        held = [bytearray(1 << 26) for _ in range(1 << 10)]
        print(len(held))
    elif kind == "time":
        time.sleep(HANGS_AFTER)
    elif kind == "children":
        command = [sys.executable, "-c", f"import time; time.sleep({HANGS_AFTER})"]
        child = subprocess.Popen(command)
        with open(rest[0], "w") as file:  # noqa: PTH123
            file.write(str(child.pid))
        child.wait()
    elif kind == "temporary":
        tempfile.mkdtemp()
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "killed":
        times, number = Path(rest[0]), int(rest[1])
        with times.open("a") as file:
            file.write(".")
        if len(times.read_text()) <= int(rest[2]):
            os.kill(os.getpid(), number)
        print(kind)
    else:
        print(kind)


if __name__ == "__main__":
    main()
