"""What a forked process takes of its own."""

import subprocess
import sys

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT

# In processes of their own: what this one has freed before may be used again.
_SCRIPT = """
import multiprocessing, time
import numpy
from runner.process.own_memory import OwnMemory

MEGABYTE = 2**17
inherited = numpy.ones(200 * MEGABYTE)

def work(pipe):
    memory = OwnMemory()
    for _ in range(2):
        with memory.measured():
            held = numpy.ones(300 * MEGABYTE)
            time.sleep(0.3)
            del held
            held = numpy.ones(100 * MEGABYTE)
            inherited[: 50 * MEGABYTE] = 2
    pipe.send(memory.most)

ours, theirs = multiprocessing.Pipe()
multiprocessing.get_context("fork").Process(target=work, args=(theirs,)).start()
print(ours.recv() / 2**20)
"""


def test_a_worker_says_how_much_memory_it_took() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=PROJECT, capture_output=True, text=True,
        timeout=HANGS_AFTER, check=False,
    )  # fmt: skip
    # 300 of what was allocated and freed, and 50 of what was inherited and written.
    assert 345 <= float(done.stdout) < 460, done.stderr
