"""Print how much work it takes to refuse a command, in counts that no busy machine changes.

python -m benchmarks.refusals
"""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

# A dozen values, the last of them wrong, times ten seeds: 120 points.
_VALUES = ",".join(["0.5", *(f"0.{digits}" for digits in range(81, 91)), "1.5"])
GRID = ("-m", f"schedule.final_sparsity={_VALUES}", "seed=range(0,10)")
_COMMANDS: Sequence[tuple[int, Sequence[str]]] = (
    (1, ("schedule.final_sparsity=1.2",)),
    (1, ("dataset=nope",)),
    (1, ("+sweep=nope",)),
    (2, ("+sweep=smoke", "schedule.final_sparsity=0.5,1.5")),
    (120, GRID),
)


def main() -> None:
    """Have each command refused and print a table."""
    print("| refused | points | configurations composed | modules imported | of these heavy |")
    print("|---|---|---|---|---|")
    for points, command in _COMMANDS:
        counts = count_refusal(command)
        heavy = ", ".join(counts["heavy"]) or "none"
        print(
            f"| `{shlex.join(command)}` | {points} | {counts['compositions']} "
            f"| {counts['modules']} | {heavy} |"
        )


def count_refusal(command: Sequence[str]) -> dict[str, Any]:
    """Have a command refused in a process of its own; returns the counts of that process."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.fixtures.count_work", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
    if done.returncode != 2:
        sys.exit(done.stdout + done.stderr)
    counts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return counts


if __name__ == "__main__":
    main()
