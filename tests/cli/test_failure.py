"""What the machine lacks ends a command in one line: no setting and no code is to blame."""

import subprocess
import sys

from tests.helpers.hanging import HANGS_AFTER

_TOO_MANY_THREADS = """
import resource, sys, threading
from runner.cli.failure import explain
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
end = threading.Event()
try:
    while True:
        threading.Thread(target=end.wait, daemon=True).start()
except RuntimeError as error:
    code = explain("runner", error)
end.set()
sys.exit(code)
"""


def test_a_lack_of_threads_is_no_fault() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TOO_MANY_THREADS],
        capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "runner: failed: RuntimeError: can't start new thread\n"
