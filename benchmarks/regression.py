"""Simulated nights go in; which changes the nightly check sees, and false alarms, come out.

python -m benchmarks.regression [--quick]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np

from benchmarks.fixtures.simulated_nights import MIXES, Mix, Simulated, draw
from benchmarks.fixtures.stored_nights import stored
from runner.nightly.history.records import File, NightPoint
from runner.nightly.judge.noise import noise
from runner.nightly.judge.regression import Finding, Kind, Tolerance, check

_STORE = 30
_WINDOW = 14
_SEED = 7
_TOLERANCE = Tolerance()
_POINT = "point 4"
_TARGET = "tflite_int8"
# What of a night is changed: all files, one point, one target of all points.
_PARTS: tuple[tuple[str | None, str | None], ...] = ((None, None), (_POINT, None), (None, _TARGET))
_SPREADS = (3.01, 3.5, 4.0, 5.0)
Change = Callable[[Sequence[Simulated], str | None, str | None], Simulated]


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
        f"Share of {stores * (_STORE - _WINDOW)} changed nights found the first night: in {stores} "
        f"stores of {_STORE} nights, each night by the {_WINDOW} before it; noise {MIXES[1].name}:"
        "\n\n| change | all files | all files of one point | one target of all points |"
        "\n|---|---|---|---|"
    )
    for row in pool.map(_row, range(len(_changes())), repeat(stores)):
        print(row, flush=True)


def _row(index: int, stores: int) -> str:
    name, kind, change, parts = _changes()[index]
    found = [_found(stores, kind, change, part) if part in parts else "" for part in _PARTS]
    return f"| {name} | {' | '.join(found)} |"


@cache
def _windows(stores: int) -> list[list[Simulated]]:
    """Fill stores, and take from each the nights that have enough before them, with these."""
    generator = np.random.default_rng(_SEED)
    drawn = [_read_back(draw(_STORE, MIXES[1], generator)) for _ in range(stores)]
    return [
        nights[first : first + _WINDOW + 1] for nights in drawn for first in range(_STORE - _WINDOW)
    ]


def _read_back(nights: Sequence[Simulated]) -> list[Simulated]:
    with tempfile.TemporaryDirectory() as folder:
        kept = stored([each.night for each in nights], Path(folder))
    return [replace(each, night=one.night) for each, one in zip(nights, kept, strict=True)]


def _changes() -> list[tuple[str, Kind, Change, Sequence[tuple[str | None, str | None]]]]:
    points = (0.5, 1, 2, 3, 5)
    growths = (0.01, 0.02, 0.05, 0.10, 0.20)
    return [
        *((f"accuracy -{by:g} points", Kind.ACCURACY, _fall(by / 100), _PARTS) for by in points),
        *(
            (f"accuracy, true fall of {by:g} spreads", Kind.ACCURACY, _by_spreads(by), _PARTS[:2])
            for by in _SPREADS
        ),
        *(
            (f"accuracy, fall seen of {by:g} spreads", Kind.ACCURACY, _seen(by), _PARTS[:2])
            for by in _SPREADS
        ),
        *((f"size +{by:.0%}", Kind.SIZE, _growth("size_bytes", by), _PARTS[:2]) for by in growths),
        *(
            (f"zipped size +{by:.0%}", Kind.ZIPPED_SIZE, _growth("zip_bytes", by), _PARTS[:2])
            for by in growths
        ),
        ("missing", Kind.MISSING, _missing, _PARTS[1:2]),
        ("failed", Kind.FAILED, _having(lambda each: replace(each, status="FAILED")), _PARTS[1:2]),
        ("1.6 times slower", Kind.TIME, _slower(1.6), _PARTS[:2]),
        ("2 times slower", Kind.TIME, _slower(2.0), _PARTS[:2]),
    ]


def _found(stores: int, kind: Kind, change: Change, part: tuple[str | None, str | None]) -> str:
    kinds = [
        {finding.kind for finding in _check([*window[:-1], change(window, *part)])}
        for window in _windows(stores)
    ]
    return f"{sum(kind in each for each in kinds) / len(kinds):.1%}"


def _check(nights: Sequence[Simulated]) -> tuple[Finding, ...]:
    return check(nights[-1].night, [each.night for each in nights[:-1]], _TOLERANCE).findings


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


def _fall(by: float) -> Change:
    """Let test and validation accuracy fall."""

    def lower(file: File) -> File:
        return replace(
            file, accuracy=file.accuracy - by, validation_accuracy=file.validation_accuracy - by
        )

    return lambda store, point, target: store[-1].changed(lower, point, target)


def _by_spreads(by: float) -> Change:
    """Let the true accuracy fall; the night has its luck besides."""
    return lambda store, point, target: _fall(by * _usual(store, point)[1])(store, point, target)


def _seen(by: float) -> Change:
    """Let the accuracy be so far below the usual, luck and all."""

    def change(store: Sequence[Simulated], point: str | None, target: str | None) -> Simulated:
        usual, spread = _usual(store, point)
        return _fall(_mean(store[-1], point) - usual + by * spread)(store, point, target)

    return change


def _usual(store: Sequence[Simulated], point: str | None) -> tuple[float, float]:
    """Return the usual mean accuracy of all points, or one, and its spread."""
    means = np.array([[_mean(night, point)] for night in store[:-1]])
    known = noise(means, _TOLERANCE.spreads, 1.0)
    return float(known.usual[0]), float(known.spread[0])


def _mean(night: Simulated, point: str | None) -> float:
    points = night.sweep.points.values()
    files = [file for each in points if point in (None, each.name) for file in each.files.values()]
    return float(np.mean([file.accuracy for file in files]))


def _growth(figure: str, by: float) -> Change:
    def grow(file: File) -> File:
        return replace(file, **{figure: getattr(file, figure) * (1 + by)})

    return lambda store, point, target: store[-1].changed(grow, point, target)


def _slower(times: float) -> Change:
    return _having(lambda each: replace(each, seconds=(each.seconds or 0.0) * times))


def _having(change: Callable[[NightPoint], NightPoint]) -> Change:
    """Change the points themselves."""

    def changed(store: Sequence[Simulated], point: str | None, _: str | None) -> Simulated:
        points = store[-1].sweep.points.values()
        return store[-1].having(
            [change(each) if point in (None, each.name) else each for each in points]
        )

    return changed


def _missing(store: Sequence[Simulated], point: str | None, _: str | None) -> Simulated:
    points = store[-1].sweep.points.values()
    return store[-1].having([each for each in points if each.name != point])


if __name__ == "__main__":
    main()
