"""Time files: `python -m runner.device.latency_process`, started by host.py."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from runner.device.answering import answer_all, one_line, printed
from runner.device.file_by_file import FAILED
from runner.device.latency import time_file


def main() -> None:
    """Enter from `host.py`."""
    answer_all(_measure)


def _measure(question: Mapping[str, Any], words: Path) -> Mapping[str, Any]:
    try:
        latency = time_file(Path(question["path"]), np.load(question["images"]))
    except Exception as error:
        return {FAILED: printed(words) or one_line(error)}
    return {"latency_ms": latency.median_ms, "latency_p90_ms": latency.p90_ms}


if __name__ == "__main__":
    main()
