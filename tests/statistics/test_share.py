"""An interval of a share holds the true share about as often as it says."""

import numpy as np
import pytest
from scipy.stats import binom

from runner.statistics.share import share_interval


def test_the_interval_is_that_of_the_literature() -> None:
    # Newcombe (1998), table I, method 3: 81 of 263.
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(("successes", "low", "high"), [(0, 0.0, 0.278), (10, 0.722, 1.0)])
def test_none_and_all_of_a_few_images_leave_much_open(
    successes: int, low: float, high: float
) -> None:
    assert share_interval(successes, 10) == pytest.approx((low, high), abs=1e-3)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_it_holds_the_true_share_in_95_of_100_draws(share: float) -> None:
    intervals = np.array([share_interval(right, 200) for right in range(201)])
    holds = (intervals[:, 0] <= share) & (share <= intervals[:, 1])
    assert 0.935 < binom.pmf(np.arange(201), 200, share)[holds].sum() < 0.965
