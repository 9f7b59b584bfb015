"""Print which changes of simulated nights are found, and how often clean nights alarm.

python -m benchmarks.regression [--quick]
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np

from benchmarks.fixtures.night_changes import PARTS, TOLERANCE, Change, Part, all_changes
from benchmarks.fixtures.simulated_nights import MIXES, Mix, Simulated, draw
from benchmarks.fixtures.stored_nights import store_nights
from runner.nightly.judge.regression import Finding, check

_NIGHTS = 30
_WINDOW = 14
_SEED = 7


def main() -> None:
    """Print both tables."""
    quick = "--quick" in sys.argv[1:]
    started = time.monotonic()
    with ProcessPoolExecutor() as pool:
        _print_detections(pool, 3 if quick else 13)
        _print_false_alarms(pool, 200 if quick else 1000)
    print(f"\n{time.monotonic() - started:.0f} s")


def _print_detections(pool: ProcessPoolExecutor, stores: int) -> None:
    print(
        f"Share of {stores * (_NIGHTS - _WINDOW)} changed nights found the first night: in "
        f"{stores} stores of {_NIGHTS} nights, each night by the {_WINDOW} before it; "
        f"noise {MIXES[1].name}:"
        "\n\n| change | all files | all files of one point | one target of all points |"
        "\n|---|---|---|---|"
    )
    for row in pool.map(_row, range(len(all_changes())), repeat(stores)):
        print(row, flush=True)


def _row(index: int, stores: int) -> str:
    change = all_changes()[index]
    shares = [_detected(stores, change, part) if part in change.parts else "" for part in PARTS]
    return f"| {change.name} | {' | '.join(shares)} |"


@cache
def _windows(stores: int) -> list[list[Simulated]]:
    """Write stores; return each night that has enough nights before it, together with these."""
    generator = np.random.default_rng(_SEED)
    drawn = [_read_back(draw(_NIGHTS, MIXES[1], generator)) for _ in range(stores)]
    return [
        nights[first : first + _WINDOW + 1]
        for nights in drawn
        for first in range(_NIGHTS - _WINDOW)
    ]


def _read_back(nights: Sequence[Simulated]) -> list[Simulated]:
    with tempfile.TemporaryDirectory() as folder:
        past = store_nights([simulated.night for simulated in nights], Path(folder))
    return [
        replace(simulated, night=read.night) for simulated, read in zip(nights, past, strict=True)
    ]


def _detected(stores: int, change: Change, part: Part) -> str:
    """Return the share of the changed nights with a finding of the kind, as a percentage."""
    kinds = [
        {finding.kind for finding in _check([*window[:-1], change.apply(window, *part)])}
        for window in _windows(stores)
    ]
    return f"{sum(change.kind in found for found in kinds) / len(kinds):.1%}"


def _check(nights: Sequence[Simulated]) -> tuple[Finding, ...]:
    *good, tonight = (simulated.night for simulated in nights)
    return check(tonight, good, TOLERANCE).findings


def _print_false_alarms(pool: ProcessPoolExecutor, nights: int) -> None:
    print(f"\nFalse alarms over {nights:,} clean nights, each judged by the {_WINDOW} before it:\n")
    print("| noise | nights with any finding | share |")
    print("|---|---|---|")
    for mix, alarms in zip(MIXES, pool.map(_false_alarms, repeat(nights), MIXES), strict=False):
        print(f"| {mix.name} | {alarms} | {alarms / nights:.1%} |", flush=True)


def _false_alarms(nights: int, mix: Mix) -> int:
    drawn = draw(nights + _WINDOW, mix, np.random.default_rng(_SEED))
    windows = (drawn[first : first + _WINDOW + 1] for first in range(nights))
    return sum(bool(_check(window)) for window in windows)


if __name__ == "__main__":
    main()
