"""Run one of the runner's modules with a limit on the memory that it may take.

`python -m runner.process.limits BYTES MODULE ARGUMENTS...`
"""

import ctypes
import resource
import runpy
import signal
import sys

_SET_SIGNAL_OF_PARENTS_DEATH = 1


def main() -> None:
    """Limit this process, and become the module."""
    limit, module, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        _limit(int(limit))
    # Out of memory, native code may abort: nobody wants gigabytes of it on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def end_with_parent() -> None:
    """Have this process killed when the one that started it ends, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_SIGNAL_OF_PARENTS_DEATH, signal.SIGKILL)


def _limit(memory: int) -> None:
    """Limit what only Linux can: other systems neither count memory so nor end with a parent."""
    end_with_parent()
    # Not of addresses: TensorFlow reserves far more of these than it uses.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))


if __name__ == "__main__":
    main()
