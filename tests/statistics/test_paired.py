"""An interval of a drop holds the true drop about as often as it says."""

import numpy as np
import pytest

from runner.statistics.paired import Bits, Table, paired_drop, paired_ends, table

ALL_RIGHT, ALL_WRONG = np.ones(500, bool), np.zeros(500, bool)


def answers(both: int, lost: int, gained: int, neither: int) -> tuple[Bits, Bits]:
    """Which images two models have right, by how many both, one alone or none has."""
    counts = (both, lost, gained, neither)
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


# The tables of Newcombe (1998, paired data), method 10; of Altman, Machin, Bryant and Gardner,
# "Statistics with Confidence" (2000), chapter 6, the one with 14 of 41; of Fagerland, Lydersen and
# Laake (2014), the ones with 21 and with 161.
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((54, 0, 0, 0), -0.0664, 0.0664),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((53, 1, 0, 0), -0.0496, 0.0977),
        ((30, 29, 1, 0), 0.3178, 0.5927),
        ((14, 5, 0, 22), 0.0115, 0.2265),
        ((1, 1, 7, 12), -0.507, -0.026),
        ((59, 6, 16, 80), -0.119, -0.005),
    ],
)
def test_the_interval_is_that_of_the_literature(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    interval = paired_drop(*answers(*counts))
    assert interval.paired
    digits = 5e-4 if round(low, 3) == low else 5e-5
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=digits)


def test_without_the_correction_a_positive_correlation_would_make_it_narrower() -> None:
    # 12 images with phi = 11 / 35 before, and (11 - 6) / 35 after the correction; 7 / 12 is 0.2638
    # above the lower and 0.2234 below the upper end of its interval. Uncorrected it were 0.2872.
    low, high = paired_ends(5, 2, 2, 3, 0.95)
    assert (low, high) == pytest.approx((-0.3204, 0.3204), abs=5e-5)


def test_it_turns_with_the_order() -> None:
    dense, file = answers(300, 40, 10, 150)
    one, other = paired_drop(dense, file), paired_drop(file, dense)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_the_surer_the_wider() -> None:
    dense, file = answers(300, 40, 10, 150)
    widths = [
        paired_drop(dense, file, sure).high - paired_drop(dense, file, sure).low
        for sure in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
    ]
    assert widths == sorted(widths)


def test_many_tables_at_once_are_the_tables_one_by_one() -> None:
    tables = np.random.default_rng(3).multinomial(300, (0.8, 0.05, 0.03, 0.12), 50)
    both, lost, gained, neither = tables.T
    lows, highs = paired_ends(both, lost, gained, neither, 0.9)
    for counts, low, high in zip(tables, lows, highs, strict=True):
        interval = paired_drop(*answers(*counts), 0.9)
        assert (interval.low, interval.high) == (low, high)


@pytest.mark.parametrize("same", [ALL_RIGHT, ALL_WRONG, np.arange(500) < 300])
def test_the_same_answers_leave_a_little_open_on_both_sides(same: Bits) -> None:
    interval = paired_drop(same, same)
    assert interval.low == pytest.approx(-interval.high)
    assert 0 < interval.high < 0.01


def test_the_best_and_the_worst_drop_stay_drops() -> None:
    best, worst = paired_drop(ALL_RIGHT, ALL_WRONG), paired_drop(ALL_WRONG, ALL_RIGHT)
    assert 0.98 < best.low < best.high == 1
    assert -1 == worst.low < worst.high < -0.98


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("file", [True, False])
def test_one_image_leaves_nearly_all_open(dense: bool, file: bool) -> None:
    interval = paired_drop(np.array([dense]), np.array([file]))
    assert -1 <= interval.low <= dense - file <= interval.high <= 1
    assert interval.high - interval.low > 0.7


def test_answers_to_other_images_are_no_pair() -> None:
    with pytest.raises(ValueError, match="5 images cannot be compared with 1"):
        paired_drop(np.ones(5, bool), np.ones(1, bool))


def test_no_image_is_refused() -> None:
    with pytest.raises(ValueError, match="no image"):
        paired_drop(np.ones(0, bool), np.ones(0, bool))


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.5, float("nan")])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        paired_drop(ALL_RIGHT, ALL_WRONG, confidence)


def test_images_are_counted_by_who_has_them_right() -> None:
    assert table(*answers(7, 1, 2, 5)) == Table(7, 1, 2, 5)


@pytest.mark.parametrize(
    ("images", "accuracy"), [(100, 0.7), (144, 0.98), (1000, 0.8), (10_000, 0.9)]
)
def test_it_holds_the_true_drop_in_at_least_94_of_100_draws(images: int, accuracy: float) -> None:
    random = np.random.default_rng(images)
    for drop in (0, 0.05):
        for gained in (0.002, 0.05):
            if gained > 1 - accuracy:
                continue
            shares = (accuracy - drop - gained, drop + gained, gained, 1 - accuracy - gained)
            tables, draws = np.unique(
                random.multinomial(images, shares, 20_000), axis=0, return_counts=True
            )
            both, lost, gains, neither = tables.T
            low, high = paired_ends(both, lost, gains, neither, 0.95)
            held = (low <= drop + 1e-12) & (drop <= high + 1e-12)
            assert draws[held].sum() / draws.sum() >= 0.94, (drop, gained)
