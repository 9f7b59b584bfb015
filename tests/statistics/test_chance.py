"""A baseline that may be no better than its largest class is told from one that is better."""

import numpy as np
import pytest

from runner.statistics.chance import ACCURACY, BOUND, CHANCE, chance_warning
from runner.statistics.share import largest_share, share_interval

LABELS = np.repeat(np.arange(12), 500)


def warning(right: int, labels: np.ndarray = LABELS) -> str:
    return chance_warning(
        {
            CHANCE: largest_share(labels),
            BOUND: share_interval(right, len(labels))[1],
            ACCURACY: right / len(labels),
        }
    )


def test_chance_is_the_share_of_the_largest_class() -> None:
    assert largest_share(np.array([3, 3, 7, 3, 0])) == 0.6
    assert largest_share(np.array([5])) == 1


def test_an_accuracy_below_chance_is_told_with_its_figures_and_causes() -> None:
    told = warning(462)
    assert told.startswith(
        "The baseline's accuracy, 7.70%, is not above chance (8.33%, the share of the "
        "largest class): no comparison with it means anything, and no file is to ship."
    )
    assert "dataset.scale" in told


@pytest.mark.parametrize(("right", "warns"), [(500, True), (570, True), (580, False), (900, False)])
def test_it_may_be_two_points_above_chance_at_most(right: int, warns: bool) -> None:
    # The upper bound of 570 of 6000 is 10.27 %, that of 580 is 10.44 %; the limit is 10.33 %.
    assert bool(warning(right)) == warns


def test_few_images_prove_nothing() -> None:
    labels = np.arange(30) % 3
    assert warning(10, labels) == ""
    assert warning(2, labels) != ""


def test_a_large_class_is_a_high_chance() -> None:
    labels = (np.arange(5000) < 500).astype(np.int64)
    assert warning(4500, labels) != ""
    assert warning(4700, labels) == ""


def test_a_baseline_of_an_earlier_version_is_judged_as_before() -> None:
    assert chance_warning({"validation_accuracy/h5": 0.01}) == ""
