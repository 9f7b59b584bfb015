"""Name the processor of this machine."""

import functools
import platform
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


@functools.cache
def processor_name(info: Path = _CPU_INFO) -> str:
    """Return its model, as `AMD EPYC 7B13`, else what kind of processor it is."""
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()
