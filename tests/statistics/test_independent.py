"""Without the images' answers, an interval is wider, and says that it is unpaired."""

import numpy as np
import pytest
from scipy.stats import binom

from runner.statistics.independent import independent_drop
from runner.statistics.paired import paired_drop


# Newcombe (1998, independent data), table II, method 10: (b) and (h), those of equal numbers.
@pytest.mark.parametrize(
    ("first", "second", "low", "high"), [(9, 3, 0.1705, 0.8090), (10, 0, 0.6075, 1.0)]
)
def test_the_interval_is_that_of_the_literature(
    first: int, second: int, low: float, high: float
) -> None:
    interval = independent_drop(first, second, 10)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)
    assert not interval.paired


def test_it_is_wider_than_that_of_the_answers() -> None:
    dense = np.arange(1000) < 950
    file = np.arange(1000) < 940
    paired, unpaired = paired_drop(dense, file), independent_drop(950, 940, 1000)
    assert unpaired.low < paired.low < 0.01 < paired.high < unpaired.high


def test_it_holds_the_true_drop_at_least_as_often_as_it_says() -> None:
    images, shares = 150, (0.9, 0.85)
    of = [binom.pmf(np.arange(images + 1), images, share) for share in shares]
    holds = 0.0
    for first in range(110, images + 1):
        for second in range(100, images + 1):
            interval = independent_drop(first, second, images)
            if interval.low <= 0.05 <= interval.high:
                holds += of[0][first] * of[1][second]
    assert 0.94 < holds < 0.97


@pytest.mark.parametrize("counts", [(0, 0, 0), (5, 1, 4), (1, 5, 4), (-1, 2, 4), (0, 0, -3)])
def test_what_is_no_accuracy_is_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no accuracies"):
        independent_drop(*counts)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("second", [0, 1])
def test_one_image_leaves_nearly_all_open(first: int, second: int) -> None:
    interval = independent_drop(first, second, 1)
    assert -1 <= interval.low <= first - second <= interval.high <= 1
    assert interval.high - interval.low > 0.9
