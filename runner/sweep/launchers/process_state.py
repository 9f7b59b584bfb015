"""Tell whether a job has left its process as it was, so that another one may follow in it."""

import gc
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

# TensorFlow keeps some memory of each model (tensorflow issue 36465). A worker is replaced when it
# has grown by this share since its first job.
_GROWTH = 0.5
_LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class ProcessState:
    """What jobs share that run in one process.

    Attributes:
        settings: of the process and its libraries.
        memory: bytes that it takes, without those of files.
    """

    settings: tuple[object, ...]
    memory: int

    @classmethod
    def of_this_process(cls) -> "ProcessState":
        """Look at this process, which has imported TensorFlow."""
        from runner.backend import library_settings

        settings = (
            dict(os.environ),
            Path.cwd(),
            tuple(sys.path),
            tuple(map(resource.getrlimit, _LIMITS)),
            tuple(map(signal.getsignal, _SIGNALS)),
            library_settings(),
            _code(),
        )
        memory = psutil.Process().memory_info()
        # Images lie in mapped files, of which any part may be in the memory.
        return cls(settings, int(memory.rss - getattr(memory, "shared", 0)))

    def allows_more_than(self, first: "ProcessState") -> bool:
        """Tell whether a job may follow in a process that was like this after its first one."""
        grown = self.memory > first.memory * (1 + _GROWTH)
        return self.settings == first.settings and not grown


def free_memory() -> None:
    """Free what a job has left in this process, which has imported TensorFlow."""
    from runner.backend import forget_models

    forget_models()
    gc.collect()
    # Collections in the next job then leave alone what outlasts jobs.
    gc.freeze()


def _code() -> tuple[tuple[str, int, int], ...]:
    """Tell versions of this package's files apart: a sweep ends when its code changes."""
    stamps = ((str(file), file.stat()) for file in sorted(_PACKAGE.rglob("*.py")))
    return tuple((name, stamp.st_size, stamp.st_mtime_ns) for name, stamp in stamps)
