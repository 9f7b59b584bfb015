"""A loss is told as such, a gain as a gain, and no zero has a sign."""

import pytest

from runner.results.loss_words import between, is_gain, points
from runner.statistics.interval import Interval


@pytest.mark.parametrize(
    ("loss", "gained", "words"),
    [
        (0.0069, False, "0.69"),
        (-0.0042, True, "0.42"),
        (-0.00001, False, "0.00"),
        (0.0, False, "0.00"),
    ],
)
def test_what_is_lost_or_gained(loss: float, gained: bool, words: str) -> None:
    assert (is_gain(loss), points(loss)) == (gained, words)


def test_the_ends_are_told_as_losses_or_as_gains() -> None:
    lies = Interval(-0.0219, 0.0392)
    assert between(lies, gained=False) == "-2.19 to 3.92"
    assert between(lies, gained=True) == "-3.92 to 2.19"
    assert between(Interval(-0.00001, 0.0), gained=False) == "0.00 to 0.00"
