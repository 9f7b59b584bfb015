"""Leases, claims and creations on a real store: one process at a time, each run once."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.process import liveness
from runner.process.holder import this_holder
from runner.settings.sweep import SweepSettings
from runner.tracking import Kind, Record, Run, Store
from runner.tracking.claim import Claims
from runner.tracking.lease import Lease, TakenOver
from runner.tracking.origin import lease_tags, own_lease
from runner.tracking.tags import CLAIM, FINGERPRINT, HOLDER, LEASE, LEASED_BY, PROCESS
from runner.tracking.take_over import adopt, close_others, delete_doubles
from runner.tracking.watch import living
from tests.helpers.hanging import wait_until
from tests.helpers.stores import store_in

PERIOD = 0.1
ELSEWHERE = "somewhere another-boot 4026531836 4711 1"
OTHER = "0123456789ab"


@pytest.fixture
def store(store_folder: Path) -> Store:
    return store_in(store_folder)


def _sweep(store: Store, process: str = ELSEWHERE, holder: str = OTHER, **more: str) -> Run:
    """Begin a sweep that another process, of another machine, has begun."""
    held = {PROCESS: process, HOLDER: holder, LEASE: f"{holder} 0", FINGERPRINT: "f"}
    run = store.new_run(Kind.SWEEP, "s", {}, held | more)
    run.flush()
    return run


def _gone() -> str:
    """Name a process of this machine that has ended."""
    *place, start = liveness.this_process().split()
    return " ".join([*place, str(int(start) + 1)])


def _lease(store: Store, run_id: str) -> Lease:
    return Lease(lambda: store.connection, lambda: run_id, PERIOD)


def test_whose_counter_moves_is_alive_and_whose_does_not_is_dead(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    mine = store.new_run(Kind.SWEEP, "mine", {}, own_lease())
    mine.flush()
    store.connection.set_tag(mine.id, PROCESS, ELSEWHERE)
    dead = _sweep(store)
    with _lease(store, mine.id).renewed():
        runs = [store.get(mine.id), store.get(dead.id)]
        assert living(store, runs, period=PERIOD) == {mine.id}
    assert "and 1 more seem to be held by another machine" in caplog.text
    assert living(store, runs, wait=False) == set()
    assert int(store.get(mine.id).tags[LEASE].split()[1]) > 0


def test_of_this_machine_nobody_is_waited_for(store: Store) -> None:
    here = _sweep(store, liveness.this_process())
    gone = _sweep(store, _gone())
    runs = [store.get(here.id), store.get(gone.id)]
    # Two hours, were it watched.
    assert living(store, runs, period=1800) == {here.id}


def test_whoever_loses_a_run_is_told_and_writes_no_more(store: Store) -> None:
    run = store.new_run(Kind.SWEEP, "s", {}, own_lease())
    run.flush()
    with pytest.raises(TakenOver, match="taken over by 0123456789ab on somewhere"):
        _lose(store, run)
    record = store.get(run.id)
    assert record.status == "RUNNING"
    assert "late" not in record.tags
    assert record.error is None


def _lose(store: Store, run: Run) -> None:
    """Be asked to stop while the run is open, because another process has taken it over."""
    lost = threading.Event()
    with run.closing(), _lease(store, run.id).renewed(lost.set):
        store.connection.set_tag(run.id, PROCESS, ELSEWHERE)
        store.connection.set_tag(run.id, HOLDER, OTHER)
        wait_until(lost.is_set, "the loss")
        run.tag("late", "x")
        raise SystemExit(143)


def test_renewing_leaves_the_environment_as_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of TensorFlow may read it meanwhile, in the same process."""
    run = store.new_run(Kind.SWEEP, "s", {}, own_lease())
    run.flush()
    changed: list[object] = []
    for name in ("putenv", "unsetenv"):
        monkeypatch.setattr(os, name, lambda *given: changed.append(given))
    _lease(store, run.id).renew()
    assert changed == []


def test_a_sweep_that_is_taken_over_leaves_its_points_to_nobody(store: Store) -> None:
    sweep = _sweep(store)
    covered = {LEASED_BY: sweep.id, HOLDER: OTHER, PROCESS: ELSEWHERE, FINGERPRINT: "p"}
    old = store.new_run(Kind.POINT, "old", {}, covered, sweep.id)
    old.flush()
    baseline = store.new_run(Kind.BASELINE, "b", {}, covered)
    baseline.flush()
    lone = store.new_run(Kind.POINT, "lone", {}, {PROCESS: ELSEWHERE, HOLDER: OTHER})
    lone.flush()
    adopt(store, store.get(sweep.id))
    close_others(store, sweep.id)
    assert store.children(sweep.id) == store.of_kind(Kind.BASELINE) == []
    assert store.get(old.id).status == store.get(baseline.id).status == "KILLED"
    assert store.get(lone.id).status == "RUNNING"
    late = store.new_run(Kind.POINT, "late", {}, covered, sweep.id)
    for run in (old, late):
        with pytest.raises(TakenOver):
            run.end("FINISHED")
    assert [run.name for run in store.find(f"tags.`{FINGERPRINT}` = 'p'")] == ["old", "b"]


def test_a_point_that_renews_its_own_lease_outlives_the_process_of_its_sweep(store: Store) -> None:
    sweep = _sweep(store)
    tags = {**lease_tags(SweepSettings(run_id=sweep.id)), FINGERPRINT: "p"}
    here = store.new_run(Kind.POINT, "here", {}, tags, sweep.id)
    here.flush()
    gone = store.new_run(
        Kind.POINT, "gone", {}, {**tags, PROCESS: _gone(), HOLDER: OTHER}, sweep.id
    )
    gone.flush()
    store.connection.set_tag(here.id, HOLDER, OTHER)
    adopt(store, store.get(sweep.id))
    close_others(store, sweep.id)
    assert [run.id for run in store.children(sweep.id)] == [here.id]
    for run in (here, gone):
        store.connection.set_tag(run.id, HOLDER, this_holder())
    here.end("FINISHED")
    assert store.get(gone.id).superseded
    with pytest.raises(TakenOver):
        gone.end("FINISHED")


def _race(store: Store, holders: Sequence[str], known: Record | None) -> list[str]:
    """Let many claim at once, each on a new run of its own or all on one; return who works."""
    begin, working, all_done = threading.Barrier(len(holders)), [], threading.Barrier(len(holders))

    def same() -> list[Record]:
        return store.of_kind(Kind.SWEEP, {FINGERPRINT: "f"})

    def claim(holder: str) -> None:
        claims = Claims(store, same, holder=holder)
        begin.wait()
        run_id = known.id if known else _sweep(store, holder=holder, **_claimed(claims)).id
        if known:
            claims.write(known.id)
        if claims.prevail(run_id) is None:
            store.connection.set_tag(run_id, HOLDER, holder)
            store.connection.update_run(run_id, status="RUNNING")
            claims.settle(run_id)
            working.append(holder)
        elif known:
            claims.withdraw(run_id)
        else:
            store.delete(store.get(run_id))
        all_done.wait()

    threads = [threading.Thread(target=claim, args=[holder]) for holder in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return working


def _claimed(claims: Claims) -> dict[str, str]:
    return {claims.tag: claims.text()}


@pytest.mark.parametrize("resumes", [False, True], ids=["begin", "resume"])
def test_of_many_who_claim_at_once_one_works(store: Store, resumes: bool) -> None:
    known = None
    if resumes:
        dead = _sweep(store)
        store.connection.set_terminated(dead.id, "KILLED")
        known = store.get(dead.id)
    holders = [f"{number:012x}" for number in range(4)]
    working = _race(store, holders, known)
    assert len(working) == 1
    (run,) = store.of_kind(Kind.SWEEP, {FINGERPRINT: "f"})
    assert {tag for tag in run.tags if tag.startswith(CLAIM)} == {CLAIM + working[0]}


def test_claims_of_the_dead_hold_nobody_up(store: Store) -> None:
    left = {CLAIM + "0": f"claims {_gone()}", CLAIM + "1": f"works {_gone()}"}
    silent = {CLAIM + "2": f"claims {ELSEWHERE}"}
    run = _sweep(store, **left, **silent)
    claims = Claims(store, lambda: store.of_kind(Kind.SWEEP), {"2"}, patience=0.1)
    claims.write(run.id)
    assert claims.prevail(run.id) is None
    claims.settle(run.id)
    assert [tag for tag in store.get(run.id).tags if tag.startswith(CLAIM)] == [claims.tag]


def test_whoever_took_over_and_died_leaves_no_claim_of_the_one_before(store: Store) -> None:
    claimed = {CLAIM + OTHER: f"works {ELSEWHERE}", CLAIM + "a" * 12: f"claims {ELSEWHERE}"}
    run = _sweep(store, holder="a" * 12, **claimed)
    claims = Claims(store, lambda: store.of_kind(Kind.SWEEP), {"a" * 12}, patience=3600)
    claims.write(run.id)
    assert claims.prevail(run.id) is None


@pytest.mark.parametrize("other", ["0" * 12, "f" * 12], ids=["lower", "higher"])
@pytest.mark.parametrize("status", ["RUNNING", "KILLED"])
def test_a_claim_that_is_never_settled_is_waited_for_only_so_long(
    store: Store, other: str, status: str
) -> None:
    run = _sweep(store, **{CLAIM + other: f"claims {ELSEWHERE}"})
    store.connection.update_run(run.id, status=status)
    claims = Claims(store, lambda: store.of_kind(Kind.SWEEP), holder="8" * 12, patience=0.1)
    claims.write(run.id)
    assert claims.prevail(run.id) is None
    assert claims.tag in store.get(run.id).tags


def test_a_lower_claim_is_made_way_for_and_refused_once_it_is_settled(store: Store) -> None:
    run = _sweep(store, **{CLAIM + OTHER: f"claims {ELSEWHERE}"})
    claims = Claims(store, lambda: store.of_kind(Kind.SWEEP), holder="8" * 12, patience=3600)
    claims.write(run.id)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(claims.prevail, run.id)
        wait_until(lambda: claims.tag not in store.get(run.id).tags, "the other to make way")
        store.connection.set_tag(run.id, CLAIM + OTHER, f"works {ELSEWHERE}")
        first = other.result()
    assert first is not None
    assert first.id == run.id


def test_a_run_that_was_taken_over_meanwhile_is_not_closed(store: Store) -> None:
    runs = [_sweep(store, _gone()), _sweep(store, _gone())]
    read = store.find("")
    adopt(store, read[1])
    store.__dict__["find"] = lambda _: read
    store.close_dead()
    assert [store.get(run.id).status for run in runs] == ["KILLED", "RUNNING"]


def test_a_creation_whose_answer_was_lost_is_found_again(store: Store) -> None:
    run = store.new_run(Kind.POINT, "p", {}, {FINGERPRINT: "p"})
    client, answer = store.connection, store.connection.create_run

    def lost(*arguments: object, **named: object) -> None:
        answer(*arguments, **named)
        answer(*arguments, **named)
        client.get_run("0" * 32)

    client.__dict__["create_run"] = lost
    run.flush()
    del client.__dict__["create_run"]
    run.end("FINISHED")
    (record,) = store.of_kind(Kind.POINT)
    assert record.status == "FINISHED"
    assert record.tags["runner.key"] == "-/p"


def test_a_creation_that_is_carried_out_late_leaves_no_second_run(store: Store) -> None:
    sweep = store.new_run(Kind.SWEEP, "s", {}, {})
    sweep.flush()
    runs = [store.new_run(Kind.POINT, name, {}, {FINGERPRINT: "p"}, sweep.id) for name in "ab"]
    other = store.new_run(Kind.POINT, "c", {}, {FINGERPRINT: "q"}, sweep.id)
    for run in (*runs, other):
        run.flush()
    runs[0].end("FINISHED")
    delete_doubles(store, sweep.id)
    assert [run.name for run in store.children(sweep.id)] == ["a", "c"]
