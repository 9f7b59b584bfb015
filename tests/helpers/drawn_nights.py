"""Draw good nights and one more, and judge it by them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.fixtures.simulated_nights import MIXES, Simulated, draw
from runner.nightly.history.points import File
from runner.nightly.history.records import Night
from runner.nightly.judge.regression import Judgement, Kind, Tolerance, check

WINDOW = 14
TOLERANCE = Tolerance()
GOOD = draw(WINDOW, MIXES[1], np.random.default_rng(3))
TONIGHT = draw(1, MIXES[1], np.random.default_rng(4))[0]
POINT, TARGET = "point 4", "tflite_int8"
Found = list[tuple[Kind, str | None, str | None]]


def judged(tonight: Night, good: Sequence[Simulated] = GOOD) -> Judgement:
    return check(tonight, [each.night for each in good], TOLERANCE)


def found_in(tonight: Simulated | Night, good: Sequence[Simulated] = GOOD) -> Found:
    night = tonight.night if isinstance(tonight, Simulated) else tonight
    return [(each.kind, each.point, each.target) for each in judged(night, good).findings]


def lower(by: float) -> Callable[[File], File]:
    return lambda file: replace(file, accuracy=file.accuracy - by)
