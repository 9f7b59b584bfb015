"""Sweeps that are gone on with, of several of the same points in one store."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.planning.grid import Point
from runner.settings.sweep import SweepSettings
from runner.sweep.again import finished_before
from runner.sweep.identity import asked, sweep_key
from runner.sweep.take_over import Wanted
from runner.tracking import Kind, Run, Store
from runner.tracking.lease import PERIOD_SECONDS, PERIODS
from runner.tracking.tags import FINGERPRINT, HOLDER, LEASE, LEASED_BY, POINTS, PROCESS
from tests.helpers.composing import point_of
from tests.helpers.stores import store_in

SETTINGS = point_of()
POINT = Point((), "p", SETTINGS, "baseline", "point", "")
KEY = sweep_key("s", [POINT])


def _begin(store: Store, tags: Mapping[str, str]) -> Run:
    return store.new_run(Kind.SWEEP, "s", {}, {FINGERPRINT: KEY, **tags})


def _left(store: Store, status: str, **tags: str) -> str:
    """Leave a sweep in the store, as a process of another machine did that is no more."""
    run = _begin(store, {PROCESS: "elsewhere boot namespace 1 1", **tags})
    run.flush()
    store.connection.set_terminated(run.id, status)
    return run.id


@pytest.mark.parametrize("status", ["KILLED", "FAILED"])
def test_a_double_that_never_began_takes_no_sweep_s_place(store_folder: Path, status: str) -> None:
    store = store_in(store_folder)
    begun = _left(store, status, **{POINTS: "1"})
    _left(store, "KILLED")
    wanted = Wanted(store, KEY, SweepSettings(), lambda claim: _begin(store, claim))
    sweep = wanted.obtain()
    assert (sweep.run.id, sweep.resumed) == (begun, True)
    assert [each.id for each in store.of_kind(Kind.SWEEP)] == [begun]


def test_where_none_came_to_any_work_one_is_begun(store_folder: Path) -> None:
    store = store_in(store_folder)
    _left(store, "KILLED")
    wanted = Wanted(store, KEY, SweepSettings(), lambda claim: _begin(store, claim))
    sweep = wanted.obtain()
    assert not sweep.resumed
    assert [each.id for each in store.of_kind(Kind.SWEEP)] == [sweep.run.id]


def test_a_finished_sweep_is_found_behind_a_double(store_folder: Path) -> None:
    store = store_in(store_folder)
    finished = _left(store, "FINISHED", **asked(SETTINGS), **{POINTS: "1"})
    point = store.new_run(Kind.POINT, "p", {}, {FINGERPRINT: "point"}, finished)
    point.end("FINISHED")
    _left(store, "KILLED")
    found = finished_before(store, "s", [POINT])
    assert found
    assert found.id == finished


def test_a_sweep_and_its_jobs_on_lost_machines_are_watched_at_once(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_in(store_folder)
    left = {PROCESS: "elsewhere boot namespace 1 1", HOLDER: "other", LEASE: "other 3"}
    sweep = _begin(store, {**left, POINTS: "2"})
    sweep.flush()
    jobs = [
        store.new_run(Kind.POINT, name, {}, {**left, LEASED_BY: sweep.id}, sweep.id)
        for name in ("lost", "lives")
    ]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        store.connection.set_tag(jobs[1].id, LEASE, f"other {len(slept)}")

    monkeypatch.setattr(time, "sleep", sleep)
    for job in jobs:
        job.flush()
    wanted = Wanted(store, KEY, SweepSettings(), lambda claim: _begin(store, claim))
    assert wanted.obtain().run.id == sweep.id
    # Once for all, and then for a moment for the one that lives.
    assert PERIODS * PERIOD_SECONDS <= sum(slept) < (PERIODS + 1) * PERIOD_SECONDS
    lost, lives = (store.get(job.id) for job in jobs)
    assert (lost.status, lost.superseded, lives.status) == ("KILLED", True, "RUNNING")
