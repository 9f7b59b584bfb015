"""What replays of searches try, in which order, and what is said of them."""

import math
from collections.abc import Mapping

import pytest
from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler

from benchmarks.search.axes import Axes
from benchmarks.search.grid import Grid
from benchmarks.search.orders import FixedOrder
from benchmarks.search.patience import Patience
from benchmarks.search.replay import Replay, replay
from benchmarks.search.samplers import SamplerOrder
from benchmarks.search.strategies import GP, STRATEGIES, has_torch
from benchmarks.search.table import heading, line
from runner.search.setting import EPOCHS, SPARSITY, Measured, Outcome, Setting

LIMIT = 0.01
EACH = [name for name in STRATEGIES if name != GP or has_torch()]
# By sparsity: the bytes of the file, and what it drops after 1 and after 4 epochs.
FILES: Mapping[str, tuple[int, float, float]] = {
    "0.5": (900, 0.0, 0.0),
    "0.6": (800, 0.001, 0.0),
    "0.7": (700, 0.003, 0.001),
    "0.8": (600, 0.008, 0.003),
    "0.9": (500, 0.02, 0.008),
    "0.95": (400, 0.05, 0.03),
    "0.98": (300, 0.3, 0.2),
}
# 0.9 after 4 epochs.
BEST = 9
FAILED = 12


def grid() -> Grid:
    """Write down a grid whose order is that of the sparsities; each point takes 1 s, and 1 more."""
    settings: list[Setting] = []
    outcomes: list[Outcome] = []
    for sparsity, (size, *drops) in FILES.items():
        for epochs, drop in zip((1, 4), drops, strict=True):
            settings.append(Setting({SPARSITY: sparsity, EPOCHS: str(epochs)}, epochs))
            outcomes.append({"tflite_int8": Measured(size, drop), "h5": Measured(size * 4, drop)})
    outcomes[FAILED] = {}
    seconds = [1 + setting.epochs for setting in settings]
    return Grid(settings, outcomes, seconds, [*range(len(settings))])


def search(name: str, at_once: int = 1, seed: int = 0) -> Replay:
    whole = grid()
    return replay(whole, STRATEGIES[name](whole, LIMIT, seed), at_once)


@pytest.mark.parametrize("at_once", [1, 2, 16])
@pytest.mark.parametrize("name", EACH)
def test_a_strategy_tries_nothing_twice_and_no_more_at_once_than_it_may(
    name: str, at_once: int
) -> None:
    went = search(name, at_once)
    assert [*went.ends] == sorted(went.starts, key=went.ends.__getitem__)
    assert most_at_once(went) <= at_once
    seconds = [went.grid.seconds[place] for place in went.ends]
    assert went.share() == pytest.approx(sum(seconds) / sum(went.grid.seconds))


@pytest.mark.parametrize("sampler", [None, TPESampler(seed=0), NSGAIISampler(seed=0)])
def test_with_enough_patience_each_finds_the_smallest_file(sampler: BaseSampler | None) -> None:
    whole = grid()
    random = FixedOrder.random(len(whole.settings), 0)
    order = SamplerOrder(sampler, whole.settings, LIMIT, 0) if sampler else random
    went = replay(whole, Patience(order, len(whole.settings), LIMIT, share=1.0), 2)
    assert sorted(went.ends) == whole.order
    assert math.isfinite(went.found(500, LIMIT))


def test_a_sampler_looks_for_small_files_within_the_limit() -> None:
    settings = [Setting({SPARSITY: str(place / 100)}, 1) for place in range(100)]
    order = SamplerOrder(TPESampler(seed=0), settings, LIMIT, 0)
    tried: dict[int, Outcome] = {}
    for _ in range(30):
        place = order.propose(tried, [])
        tried[place] = {"h5": Measured(1000 - place, 0.0005 * (place - 50))}
    # The smallest within it is 70. Ten are drawn at random first; of the others, four would be as
    # near by chance.
    near = [place for place in list(tried)[10:] if 60 <= place <= 80]
    assert len(near) >= 8


@pytest.mark.parametrize("name", ["grid", "adaptive"])
def test_it_finds_the_smallest_file_before_it_stops(name: str) -> None:
    went = search(name)
    assert BEST in went.ends
    assert len(went.ends) < len(went.grid.settings)


def test_patience_ends_a_search_after_a_fifth_of_all_settings_in_vain() -> None:
    went = search("grid")
    assert [*went.ends] == [*range(BEST + 4)]
    assert went.found(500, LIMIT) == pytest.approx(sum(went.grid.seconds[: BEST + 1]) / 49)


def test_patience_counts_what_ends_after_it_has_run_out() -> None:
    whole = grid()
    order = FixedOrder([13, 11, 10, BEST, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12])
    went = replay(whole, Patience(order, len(whole.order), LIMIT), 4)
    assert set(went.ends) > {13, 11, 10, BEST, 0}


def test_work_of_points_side_by_side_counts_up_to_the_second_of_the_find() -> None:
    whole = grid()
    went = Replay(whole, starts={1: 0.0, 2: 0.0, 4: 2.0}, ends={2: 2.0, 4: 4.0, 1: 5.0})
    assert went.found(800, LIMIT) == pytest.approx(4 / 49)
    assert went.found(700, LIMIT) == pytest.approx(8 / 49)
    assert math.isinf(went.found(699, LIMIT))
    assert went.share() == pytest.approx(9 / 49)


def test_a_line_says_never_where_most_searches_end_too_early() -> None:
    whole = grid()
    found = Replay(whole, starts={BEST: 0.0}, ends={BEST: 5.0})
    missed = Replay(whole, starts={0: 0.0}, ends={0: 2.0})
    cells = [line(whole, LIMIT, 2, "tpe", [missed, each, missed]) for each in (found, missed)]
    assert cells == [
        "| 1 point | 2 | tpe | never | 4 % | 10 % | 1 | 2 of 3 |",
        "| 1 point | 2 | tpe | never | 4 % | 4 % | 1 | 3 of 3 |",
    ]
    assert line(whole, LIMIT, 1, "tpe", [found, missed, found]).split("|")[4] == " 10 % "
    assert heading()[0].count("|") == cells[0].count("|")


def test_where_no_file_keeps_the_limit_there_is_nothing_to_find() -> None:
    whole = grid()
    went = Replay(whole, starts={0: 0.0}, ends={0: 2.0})
    assert line(whole, -1.0, 1, "grid", [went]).split("|")[4:] == [
        *(" nothing ", " 4 % ", " 4 % ", " 1 ", " 0 of 1 "), ""
    ]  # fmt: skip


def test_axes_are_in_the_order_of_their_numbers_and_texts_lie_one_step_apart() -> None:
    values = [("9", "l1"), ("10", "l2"), ("0.5", "random"), ("10", "l1")]
    axes = Axes([Setting({EPOCHS: epochs, "norm": norm}, 1) for epochs, norm in values])
    assert [axes.numbers(place) for place in range(4)] == [
        {EPOCHS: 1, "norm": 0},
        {EPOCHS: 2, "norm": 1},
        {EPOCHS: 0, "norm": 2},
        {EPOCHS: 2, "norm": 0},
    ]
    assert axes.place({EPOCHS: 2, "norm": 0}) == 3
    assert axes.place({EPOCHS: 1, "norm": 1}) is None
    assert [axes.steps(place, {EPOCHS: 0, "norm": 0}) for place in range(4)] == [1, 3, 1, 2]


def most_at_once(went: Replay) -> int:
    return max(
        sum(start <= second < went.ends[place] for place, start in went.starts.items())
        for second in went.starts.values()
    )
