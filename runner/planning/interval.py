"""List the values of an interval that a search tries."""

import math
from collections.abc import Sequence

from hydra.core.override_parser.types import IntervalSweep, Override

from runner.errors import Refused

# A search knows the size of a file within a few percent; finer steps would tell it nothing.
_MOST = 50
_LOG = "log"
_STEPS = (1.0, 2.0, 5.0)
_PER_DECADE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def with_values(override: Override) -> str:
    """Write an interval as the list of its values, and any other override as it is.

    `int(interval(1,8))` has whole numbers alone. With the tag `log`, as in
    `tag(log,interval(1e-4,1e-2))`, neighbours have about the same ratio; else the same distance.

    Raises:
        Refused: the interval has no end, or no beginning.
    """
    text = override.input_line or override.get_key_element()
    interval = override.value()
    if not isinstance(interval, IntervalSweep):
        return text
    low, high = interval.start, interval.end
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        raise Refused(f"{text}: must be an interval from one number to another")
    if not low <= high or (_LOG in interval.tags and low <= 0):
        least = "two numbers above 0" if _LOG in interval.tags else "two numbers"
        raise Refused(f"{text}: must be an interval of {least}, the smaller one first")
    whole = all(isinstance(end, int) for end in (low, high))
    values = _by_ratio(low, high) if _LOG in interval.tags else _by_distance(low, high)
    shown = dict.fromkeys(round(value) if whole else value for value in values)
    return f"{override.get_key_element()}={','.join(map(repr, shown))}"


def _by_distance(low: float, high: float) -> Sequence[float]:
    length = high - low
    if not length:
        return [low]
    unit = 10 ** math.floor(math.log10(length / _MOST))
    step = next(unit * each for each in (*_STEPS, 10.0) if length / (unit * each) <= _MOST)
    digits = max(0, -math.floor(math.log10(step)))
    count = math.floor(length / step + 1e-9)
    # The end too, which a step may miss.
    return [*(round(low + step * number, digits + 2) for number in range(count + 1)), high]


def _by_ratio(low: float, high: float) -> Sequence[float]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    round_ones = [float(f"{each}e{exponent}") for exponent in exponents for each in _PER_DECADE]
    return [low, *(value for value in round_ones if low < value < high), high]
