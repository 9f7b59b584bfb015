"""The number of images that would settle a limit is the least, or there is none."""

import numpy as np
import pytest

from runner.statistics.certainty import Certainty, certainty
from runner.statistics.images_needed import images_needed
from runner.statistics.interval import Interval
from runner.statistics.paired import Bits, paired_drop, paired_ends


def pair(both: int, lost: int, gained: int, neither: int) -> tuple[Bits, Bits]:
    counts = (both, lost, gained, neither)
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


@pytest.mark.parametrize("limit", [0.0, 0.005, 0.02, 0.05, -0.01])
def test_so_many_images_are_enough_and_one_less_is_not(limit: float) -> None:
    needed = images_needed(*pair(930, 15, 5, 50), limit)
    assert needed is not None
    for images, settled in ((needed - 1, False), (needed, True), (needed + 1, True)):
        shares = (0.93 * images, 0.015 * images, 0.005 * images, 0.05 * images)
        low, high = paired_ends(*shares, confidence=0.95)
        word = certainty(Interval(float(low), float(high)), limit)
        assert (word != Certainty.TOO_CLOSE) == settled


def test_what_is_settled_needs_no_more_images_than_there_are() -> None:
    dense, file = pair(900, 80, 0, 20)
    assert certainty(paired_drop(dense, file), 0.01) == Certainty.BEYOND
    needed = images_needed(dense, file, 0.01)
    assert needed is not None
    assert needed <= 1000


def test_a_drop_that_equals_the_limit_is_never_settled() -> None:
    assert images_needed(*pair(80, 10, 0, 10), limit=0.1) is None
    assert images_needed(*pair(80, 0, 0, 20), limit=0.0) is None


def test_a_drop_next_to_the_limit_needs_too_many() -> None:
    assert images_needed(*pair(80_000, 10_001, 0, 9_999), limit=0.1) is None


def test_the_surer_the_more() -> None:
    answers = pair(930, 15, 5, 50)
    needed = [
        images_needed(*answers, limit=0.02, confidence=sure) or 0 for sure in (0.8, 0.95, 0.99)
    ]
    assert needed == sorted(needed)
    assert needed[0] < needed[-1]


def test_one_image_settles_a_wide_limit_with_many_like_it() -> None:
    assert images_needed(*pair(1, 0, 0, 0), limit=0.01) == 381
    assert images_needed(*pair(0, 1, 0, 0), limit=0.01) is not None


def test_no_image_and_other_images_are_refused() -> None:
    with pytest.raises(ValueError, match="no image"):
        images_needed(*pair(0, 0, 0, 0), limit=0.01)
    with pytest.raises(ValueError, match="cannot be compared"):
        images_needed(np.ones(3, bool), np.ones(2, bool), 0.01)
