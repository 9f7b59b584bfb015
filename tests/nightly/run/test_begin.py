"""Nights that begin, and that go on with one which was interrupted."""

from pathlib import Path

from runner.nightly.run.begin import begin
from runner.process.holder import this_holder
from runner.tracking import Kind
from runner.tracking.lease import Lease
from runner.tracking.origin import own_lease
from runner.tracking.tags import CLAIM, HOLDER, LEASE, LEASED_BY, PROCESS
from tests.helpers.stores import store_in


def test_an_interrupted_night_is_gone_on_with_by_one_process(store_folder: Path) -> None:
    store = store_in(store_folder)
    first = begin(store, 20, seed=None)
    store.connection.set_tag(first.run.id, HOLDER, "0123456789ab")
    store.connection.set_tag(first.run.id, CLAIM + "0123456789ab", "works elsewhere 4711")
    store.connection.set_terminated(first.run.id, "KILLED")
    second = begin(store, 20, seed=None)
    assert (second.run.id, second.seed, second.resumed) == (first.run.id, first.seed, True)
    running = store.get(second.run.id)
    assert running.status == "RUNNING"
    assert running.tags[LEASE] == f"{this_holder()} 0"
    # It lives, so that another one begins beside it.
    third = begin(store, 20, seed=None)
    assert (third.seed, third.resumed) == (first.seed + 1, False)
    with second.run.closing():
        pass
    ended = store.get(second.run.id)
    assert ended.status == "FINISHED"
    assert [tag for tag in ended.tags if tag.startswith(CLAIM)] == []
    assert len(store.of_kind(Kind.NIGHTLY)) == 2


def test_what_a_reboot_left_running_is_closed_and_what_lives_is_not(store_folder: Path) -> None:
    store = store_in(store_folder)
    elsewhere = {PROCESS: "somewhere earlier-boot 4026531836 4711 1", HOLDER: "a"}
    dead = store.new_run(Kind.SWEEP, "dead", {}, {**elsewhere, LEASE: "a 0"})
    dead.flush()
    live = store.new_run(Kind.SWEEP, "live", {}, own_lease())
    live.flush()
    store.connection.set_tag(live.id, PROCESS, elsewhere[PROCESS])
    points = [
        store.new_run(Kind.POINT, "p", {}, {**elsewhere, HOLDER: holder, LEASED_BY: sweep.id})
        for sweep, holder in ((dead, "a"), (live, this_holder()))
    ]
    unknown = store.new_run(Kind.POINT, "of an earlier version", {}, {PROCESS: "host boot 1 1"})
    for run in (*points, unknown):
        run.flush()
    with Lease(lambda: store.connection, lambda: live.id, 0.1).renewed():
        begin(store, 20, seed=None, period=0.1)
    states = [store.get(run.id).status for run in (dead, points[0], live, points[1], unknown)]
    assert states == ["KILLED", "KILLED", "RUNNING", "RUNNING", "RUNNING"]
