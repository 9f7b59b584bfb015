"""An interval of a gain holds the true gain about as often as it says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from runner.statistics.paired import paired_gain


def answers(both: int, first: int, second: int, none: int) -> tuple[NDArray[np.bool_], ...]:
    """Which images two models have right, by how many both, one alone or none has."""
    counts = (both, first, second, none)
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


def test_the_interval_is_that_of_the_formula() -> None:
    # Shares of (7 + 1) / 23 and (1 + 1) / 23: 6 / 23, and 1.96 standard errors of 0.12628.
    assert paired_gain(*answers(1, 1, 7, 12)) == pytest.approx((0.0134, 0.5084), abs=1e-4)


def test_the_same_answers_are_no_gain() -> None:
    low, high = paired_gain(*answers(300, 0, 0, 200))
    assert low == -high
    assert 0 < high < 0.01


def test_a_gain_beyond_doubt_is_above_zero_and_turns_with_the_order() -> None:
    first, second = answers(30, 10, 410, 50)
    low, high = paired_gain(first, second)
    assert 0.7 < low < 0.8 < high < 0.9
    assert paired_gain(second, first) == pytest.approx((-high, -low))


def test_a_few_images_leave_all_open() -> None:
    low, high = paired_gain(*answers(0, 0, 1, 0))
    assert low == pytest.approx(-0.73, abs=0.01)
    assert high == 1


def test_answers_to_other_images_are_no_pair() -> None:
    with pytest.raises(ValueError, match="5 images cannot be compared with 1"):
        paired_gain(np.ones(5, bool), np.ones(1, bool))


@pytest.mark.parametrize("shares", [(0.6, 0.1, 0.1, 0.2), (0.3, 0.02, 0.3, 0.38)])
def test_it_holds_the_true_gain_in_95_of_100_draws(shares: tuple[float, ...]) -> None:
    draws = np.random.default_rng(0).multinomial(200, shares, 2000)
    gains = np.array([paired_gain(*answers(*draw)) for draw in draws])
    true = shares[2] - shares[1]
    assert 0.935 < np.mean((gains[:, 0] <= true) & (true <= gains[:, 1])) < 0.97
