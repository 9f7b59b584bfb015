"""Run 300 points of a toy model, and print whether they stay as fast.

python -m benchmarks.flat [POINTS]
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from benchmarks.fixtures.toy_dataset import write_toy
from runner.tracking import Kind

_EDGE = 50


def main() -> None:
    """Run the sweep and print a table."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        memory = _run(folder, points)
        first, last = _pace(folder)
    print(f"\n| {points} points of a toy model | first {_EDGE} | last {_EDGE} | ratio |")
    print("|---|---|---|---|")
    print(
        f"| seconds a point, all workers together | {first:.2f} | {last:.2f} | {last / first:.2f} |"
    )
    early, late = (statistics.mean(part) / 2**20 for part in (memory[:_EDGE], memory[-_EDGE:]))
    print(
        f"| memory of the scheduling process, MB | {early:.0f} | {late:.0f} | {late / early:.2f} |"
    )


def _run(folder: Path, points: int) -> list[int]:
    """Run the sweep; return the scheduling process' bytes, twice a second, once points run."""
    command = [
        sys.executable, "-m", "runner", "-m", "dataset=npz", f"dataset.path={write_toy(folder)}",
        f"seed=range({points // 20})", f"schedule.final_sparsity={_twenty_sparsities()}",
        "baseline.epochs=1", "schedule.initial_sparsity=0.5", *settings_within(folder),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    watched = psutil.Process(process.pid)
    bytes_: list[int] = []
    has_started = threading.Event()

    def watch() -> None:
        while process.poll() is None:
            if has_started.is_set():
                bytes_.append(watched.memory_info().rss)
            time.sleep(0.5)

    threading.Thread(target=watch, daemon=True).start()
    for line in process.stdout or ():
        if "started: seed" in line:
            has_started.set()
    if process.wait():
        sys.exit("the sweep failed")
    return bytes_


def _twenty_sparsities() -> str:
    return ",".join(f"{0.5 + 0.02 * step:.2f}" for step in range(20))


def _pace(folder: Path) -> tuple[float, float]:
    """Return the seconds from one finished point to the next, over the first and last points."""
    points = store_in(folder).of_kind(Kind.POINT)
    ends = sorted((point.ended or 0) / 1000 for point in points)
    return (ends[_EDGE] - ends[0]) / _EDGE, (ends[-1] - ends[-1 - _EDGE]) / _EDGE


if __name__ == "__main__":
    main()
