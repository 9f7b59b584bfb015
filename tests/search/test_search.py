"""A search finds what the grid finds, at a part of its cost, and stops by itself."""

import math

import pytest

from runner.search.forecast import Forecaster
from runner.search.front import Front
from runner.search.search import Proposal, Search
from runner.search.setting import EPOCHS, SPARSITY, Outcome, smallest
from tests.helpers.search_table import Table, make_search, search, size_of, table

LIMIT = 0.01


def cost(found: Table, order: list[int]) -> float:
    return sum(1 + found.settings[place].epochs for place in order) / found.cost


@pytest.mark.parametrize("limit", [0.005, 0.01, 0.02])
def test_it_finds_the_file_of_the_grid_at_a_fifth_of_its_cost(limit: float) -> None:
    for seed in range(5):
        found = table(seed)
        went = search(found, make_search(found, limit, seed))
        size = size_of({place: found.outcomes[place] for place in went.order}, limit)
        assert size <= 1.03 * found.best(limit)
        assert cost(found, went.order) <= 0.2


def test_it_says_how_likely_the_best_of_the_others_is() -> None:
    found = table(0)
    went = search(found, make_search(found, LIMIT))
    assert went.stop.chance is not None
    assert 0 <= went.stop.chance < 0.1
    assert went.stop.place not in went.order


def test_what_comes_next_follows_from_what_is_known() -> None:
    found = table(1)
    order = search(found, make_search(found, LIMIT, seed=3)).order
    known: dict[int, Outcome] = {place: found.outcomes[place] for place in order[:5]}
    backwards = dict(reversed(known.items()))
    for tried in (known, backwards):
        assert make_search(found, LIMIT, seed=3).next(tried) == Proposal(order[5])


@pytest.mark.parametrize("at_once", [2, 16])
def test_settings_that_are_being_tried_count(at_once: int) -> None:
    found = table(2)
    went = search(found, make_search(found, LIMIT), at_once)
    assert len(went.order) == len(set(went.order))
    size = size_of({place: found.outcomes[place] for place in went.order}, LIMIT)
    assert size <= 1.03 * found.best(LIMIT)
    assert cost(found, went.order) <= 0.5


def test_a_setting_that_failed_is_not_tried_again() -> None:
    found = table(0)
    first = search(found, make_search(found, LIMIT)).order
    went = search(found, make_search(found, LIMIT), fails=lambda place: place in first[:3])
    assert len(went.order) == len(set(went.order))
    tried = {place: found.outcomes[place] for place in went.order if place not in first[:3]}
    assert math.isfinite(size_of(tried, LIMIT))


def test_a_limit_that_nothing_keeps_ends_it_early() -> None:
    found = table(0, halvings=-6.0)
    assert math.isinf(found.best(LIMIT))
    went = search(found, make_search(found, LIMIT))
    assert cost(found, went.order) < 0.25


def test_where_nothing_is_smaller_the_next_sparser_ones_have_failed() -> None:
    found = table(3)
    went = search(found, make_search(found, LIMIT))
    file = smallest([found.outcomes[place] for place in went.order], LIMIT)
    assert file
    most = [
        place
        for place, setting in enumerate(found.settings)
        if setting.number(EPOCHS) == 8
        and found.outcomes[place]["tflite_int8"].size < 0.98 * file.size
    ]
    sparsities = [found.settings[place].number(SPARSITY) or 0.0 for place in most]
    nearest = [place for place in most if found.settings[place].number(SPARSITY) == min(sparsities)]
    assert {*nearest} <= {*went.order}


def test_all_settings_may_be_tried() -> None:
    found = table(0)
    few = Table(found.settings[:2], {place: found.outcomes[place] for place in (0, 1)})
    went = search(few, make_search(few, LIMIT))
    assert sorted(went.order) == [0, 1]
    assert went.stop.chance is None


@pytest.mark.long
def test_a_front_is_searched_from_end_to_end() -> None:
    found = table(4)
    settings = found.settings
    went = search(found, Search(settings, Front(LIMIT), Forecaster(settings, LIMIT)))
    sparsities = {settings[place].number(SPARSITY) for place in went.order}
    assert 0.98 in sparsities
    assert cost(found, went.order) <= 0.5
    for limit in (0.005, 0.01, 0.03, 0.08):
        size = size_of({place: found.outcomes[place] for place in went.order}, limit)
        assert size <= 1.35 * found.best(limit)
