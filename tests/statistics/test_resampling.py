"""A choice is judged on resamples of the images, by what other images would show."""

from statistics import NormalDist

import numpy as np
import pytest

from runner.statistics.paired import Bits
from runner.statistics.resampling import Kept, how_often_kept

RANDOM = np.random.default_rng(11)
DENSE = RANDOM.random(600) < 0.95


def flipped(lost: int, gained: int = 0, dense: Bits = DENSE) -> tuple[Bits, Bits]:
    """A file that answers like the dense network, but for some images."""
    file = dense.copy()
    file[np.flatnonzero(dense)[:lost]] = False
    file[np.flatnonzero(~dense)[:gained]] = True
    return dense, file


CANDIDATES = [[flipped(15)], [flipped(7, 2)], [flipped(0)]]


@pytest.mark.parametrize("confidence", [None, 0.2])
def test_the_same_seed_says_the_same_and_another_about_that(confidence: float | None) -> None:
    first = how_often_kept(CANDIDATES, 0.012, confidence, seed=1)
    assert how_often_kept(CANDIDATES, 0.012, confidence, seed=1) == first
    other = how_often_kept(CANDIDATES, 0.012, confidence, seed=2)
    assert other != first
    assert other.kept / other.chosen == pytest.approx(first.kept / first.chosen, abs=0.05)


def test_a_file_far_inside_is_kept_and_one_at_the_limit_every_other_time() -> None:
    assert how_often_kept([[flipped(0)]], 0.05, None) == Kept(2000, 2000, 2000)
    even = how_often_kept([[flipped(12)]], 0.02, None)
    assert even.kept / even.chosen == pytest.approx(0.5, abs=0.05)
    assert how_often_kept([[flipped(12)]], 0.0199, None) == Kept(0, 0, 2000)


def test_the_share_is_what_the_spread_of_the_drop_over_images_says() -> None:
    # With two more each, 9 images lost and 4 gained of 604: 0.83 points, standard error 0.59.
    kept = how_often_kept([[flipped(7, 2)]], 0.013, None)
    assert kept.kept / kept.chosen == pytest.approx(NormalDist(0.0083, 0.0059).cdf(0.013), abs=0.03)


def test_where_nothing_qualifies_nothing_is_chosen() -> None:
    assert how_often_kept([[flipped(300)]], 0.01, None) == Kept(0, 0, 2000)
    assert how_often_kept([], 0.01, None) == Kept(0, 0, 2000)


def test_with_confidence_only_what_is_within_is_chosen() -> None:
    plain, sure = (how_often_kept(CANDIDATES, 0.012, sure) for sure in (None, 0.95))
    assert plain == how_often_kept(CANDIDATES[1:], 0.012, None)
    assert sure == how_often_kept(CANDIDATES[2:], 0.012, 0.95)
    assert plain.kept < sure.kept
    assert how_often_kept(CANDIDATES[:2], 0.012, 0.95) == Kept(0, 0, 2000)


def test_of_equal_files_the_first_is_chosen_and_the_others_change_nothing() -> None:
    one = how_often_kept([[flipped(8)]], 0.01, None)
    assert how_often_kept([[flipped(8)]] * 20, 0.01, None) == one


def test_one_image_settles_nothing() -> None:
    right, wrong = np.array([True]), np.array([False])
    even = how_often_kept([[(right, right)]], 0.01, None)
    assert 0.4 < even.kept / even.chosen < 0.8
    assert how_often_kept([[(right, right)]], 0.01, 0.95) == Kept(0, 0, 2000)
    assert how_often_kept([[(right, wrong)]], 0.01, None) == Kept(0, 0, 2000)


def test_files_that_answer_like_the_dense_network_are_not_beyond_doubt_on_few_images() -> None:
    few = np.ones(50, bool)
    kept = how_often_kept([[(few, few)]], 0.01, None)
    assert 0.6 < kept.kept / kept.chosen < 0.9


def test_seeds_are_judged_by_their_mean_and_of_few_each_must_be_within() -> None:
    lucky, unlucky = flipped(0), flipped(20)
    assert how_often_kept([[lucky, unlucky]], 0.03, None).kept > 1950
    assert how_often_kept([[lucky, unlucky]], 0.03, 0.95) == Kept(0, 0, 2000)
    assert how_often_kept([[lucky] * 4 + [flipped(1)] * 4], 0.03, 0.95) == Kept(2000, 2000, 2000)


def test_candidates_may_have_different_numbers_of_seeds() -> None:
    kept = how_often_kept([[flipped(300)] * 6, [flipped(0)] * 2, [flipped(0)]], 0.03, 0.95)
    assert kept == Kept(2000, 2000, 2000)


@pytest.mark.parametrize(
    "candidates",
    [
        [[]],
        [[flipped(1)], []],
        [[flipped(1)], [(DENSE[:9], DENSE[:9])]],
        [[(DENSE, DENSE[:9])]],
        [[(DENSE[:0], DENSE[:0])]],
    ],
)
def test_what_cannot_be_compared_is_refused(candidates: list[list[tuple[Bits, Bits]]]) -> None:
    with pytest.raises(ValueError, match="the same images in all"):
        how_often_kept(candidates, 0.01, None)
