"""Three words say where an interval lies, seen from a limit."""

import pytest

from runner.statistics.certainty import Certainty, certainty
from runner.statistics.interval import Interval


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (-0.02, 0.009, Certainty.WITHIN),
        (-0.02, 0.01, Certainty.WITHIN),
        (0.01, 0.01, Certainty.WITHIN),
        (0.009, 0.011, Certainty.TOO_CLOSE),
        (0.01, 0.02, Certainty.TOO_CLOSE),
        (0.0101, 0.02, Certainty.BEYOND),
        (-1, 1, Certainty.TOO_CLOSE),
    ],
)
def test_an_end_that_equals_the_limit_keeps_it(low: float, high: float, word: Certainty) -> None:
    assert certainty(Interval(low, high), 0.01) == word


def test_rounding_decides_nothing() -> None:
    assert certainty(Interval(0, 0.1 + 0.2), 0.3) == Certainty.WITHIN
    assert certainty(Interval(0.1 + 0.2, 0.5), 0.3) == Certainty.TOO_CLOSE


def test_the_words_are_those_of_the_pages() -> None:
    assert [str(word) for word in Certainty] == ["within", "beyond", "too close to tell"]
