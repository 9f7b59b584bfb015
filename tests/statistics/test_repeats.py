"""Seeds are repeats: one is its own interval, a few are their range, five bound their mean."""

import numpy as np
import pytest
from scipy.stats import t

from runner.statistics.certainty import Certainty
from runner.statistics.interval import Interval
from runner.statistics.paired import Bits, paired_drop
from runner.statistics.repeats import Repeats


def pair(lost: int, gained: int = 0, images: int = 1000) -> tuple[Bits, Bits]:
    """A dense network with nine of ten images right, and a file that differs in some."""
    dense = np.arange(images) < images * 9 // 10
    file = dense.copy()
    file[:lost] = False
    file[images - gained :] = True
    return dense, file


def test_one_seed_is_its_own_interval() -> None:
    repeats = Repeats.of([pair(12, 2)])
    assert repeats.interval == paired_drop(*pair(12, 2)) == repeats.intervals[0]
    assert (repeats.mean, repeats.spread, repeats.worst) == (0.01, 0.0, 0.01)


def test_a_few_seeds_are_the_range_of_their_drops() -> None:
    repeats = Repeats.of([pair(30), pair(10), pair(0, 4), pair(20)])
    assert repeats.drops == (0.03, 0.01, -0.004, 0.02)
    assert repeats.interval == Interval(-0.004, 0.03)
    assert repeats.mean == pytest.approx(0.014)
    assert repeats.spread == pytest.approx(np.std([0.03, 0.01, -0.004, 0.02], ddof=1))
    assert repeats.worst == 0.03


@pytest.mark.parametrize(
    ("lost", "word"),
    [
        ((0, 1), Certainty.WITHIN),
        ((0, 1, 0, 1), Certainty.WITHIN),
        ((0, 19), Certainty.TOO_CLOSE),
        ((0, 90), Certainty.TOO_CLOSE),
        ((90, 80, 90), Certainty.BEYOND),
        ((90, 21), Certainty.TOO_CLOSE),
    ],
)
def test_of_a_few_seeds_every_one_must_be_within_or_beyond(
    lost: tuple[int, ...], word: Certainty
) -> None:
    assert Repeats.of([pair(each) for each in lost]).certainty(0.02) == word


def test_of_five_seeds_the_mean_decides() -> None:
    mixed = [pair(lost) for lost in (10, 12, 9, 11, 22)]
    assert Repeats.of(mixed[1:]).certainty(0.03) == Certainty.TOO_CLOSE
    assert Repeats.of(mixed).certainty(0.03) == Certainty.WITHIN
    assert Repeats.of([pair(90 + lost) for lost in range(5)]).certainty(0.03) == Certainty.BEYOND


def test_seeds_that_lose_the_same_images_leave_the_chance_of_the_images() -> None:
    same = Repeats.of([pair(20)] * 6).interval
    # Of one seed: 21 images lost and one gained of 1002 (Bonett and Price 2012).
    mean = 20 / 1002
    margin = t.ppf(0.975, 1001) * np.sqrt((22 / 1002 - mean**2) / 1001)
    assert (same.low, same.high) == pytest.approx((mean - margin, mean + margin))


def test_seeds_that_lose_whole_different_numbers_are_as_students_t() -> None:
    # Where a seed loses all images or none, the images say nothing: only the seeds differ.
    dense, none = np.ones(50, bool), np.zeros(50, bool)
    files = [dense, none, none, dense, none, dense, dense]
    repeats = Repeats.of([(dense, file) for file in files])
    margin = t.ppf(0.975, 6) * np.std(repeats.drops, ddof=1) / np.sqrt(7)
    assert repeats.interval.high == pytest.approx(min(repeats.mean + margin, 1), abs=0.06)


def test_equal_files_and_one_image_are_no_trouble() -> None:
    equal = Repeats.of([pair(0)] * 5)
    assert -0.004 < equal.interval.low < 0 < equal.interval.high < 0.004
    assert equal.certainty(0.0) == Certainty.TOO_CLOSE
    right, wrong = np.ones(1, bool), np.zeros(1, bool)
    one = Repeats.of([(right, right)] * 4 + [(right, wrong)]).interval
    assert -1 <= one.low <= -0.5 <= 0.9 <= one.high <= 1
    five = Repeats.of([(right, right)] * 5).interval
    assert five.high - five.low > 1


def test_five_seeds_that_lose_the_same_few_images_hold_the_drop_too() -> None:
    random = np.random.default_rng(4)
    images, draws, drop = 144, 300, 0.01
    held = 0
    for _ in range(draws):
        lost = random.random(images) < drop
        interval = Repeats.of([(np.ones(images, bool), ~lost)] * 5).interval
        held += interval.low <= drop <= interval.high
    assert held / draws >= 0.94


@pytest.mark.parametrize(("seeds", "of_seeds"), [(5, 0.02), (8, 0.004)])
def test_five_seeds_or_more_hold_the_mean_of_all_in_95_of_100_draws(
    seeds: int, of_seeds: float
) -> None:
    random = np.random.default_rng(seeds)
    images, draws, drop = 300, 150, 0.05
    held = 0
    for _ in range(draws):
        # An image that one seed loses is likely lost by the others: two facets, crossed.
        hardness = random.beta(0.3, 5.7, images)
        shift = 1 + random.normal(0, of_seeds / drop, (seeds, 1))
        lost = random.random((seeds, images)) < np.clip(hardness * shift, 0, 1)
        interval = Repeats.of([(np.ones(images, bool), ~each) for each in lost]).interval
        held += interval.low <= drop <= interval.high
    assert 0.92 <= held / draws <= 0.995


def test_without_the_answers_intervals_are_unpaired() -> None:
    one = Repeats.of_counts([(900, 890, 1000)])
    assert one.interval == one.intervals[0]
    assert not one.interval.paired
    few = Repeats.of_counts([(900, 890, 1000), (910, 880, 1000)])
    assert few.interval == Interval(0.01, 0.03, paired=False)
    assert few.worst == 0.03
    many = Repeats.of_counts([(900, 900 - lost, 1000) for lost in (10, 12, 8, 11, 9)])
    margin = t.ppf(0.975, 4) * np.std([10, 12, 8, 11, 9], ddof=1) / 1000 / np.sqrt(5)
    of_images = np.mean([each.high for each in many.intervals]) - 0.01
    assert many.interval.high == pytest.approx(0.01 + np.hypot(margin, of_images))
    assert many.interval.high > one.interval.high - 0.001
    assert many.certainty(0.013) == Certainty.TOO_CLOSE


def test_the_surer_the_wider() -> None:
    seeds = [pair(lost) for lost in (10, 12, 8, 11, 9)]
    widths = [
        interval.high - interval.low
        for interval in (Repeats.of(seeds, sure).interval for sure in (0.5, 0.8, 0.95, 0.99))
    ]
    assert widths == sorted(widths)


def test_no_seed_and_other_images_are_refused() -> None:
    for seeds in ([], [pair(1), pair(1, images=500)], [(np.ones(3, bool), np.ones(2, bool))]):
        with pytest.raises(ValueError, match="images"):
            Repeats.of(seeds)
    with pytest.raises(ValueError, match="at least one seed"):
        Repeats.of_counts([])
    with pytest.raises(ValueError, match="no accuracies"):
        Repeats.of_counts([(5, 5, 0)])
