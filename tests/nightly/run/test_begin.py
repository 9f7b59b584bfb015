"""Nights that begin, and that go on with one which was interrupted."""

from pathlib import Path

from runner.nightly.run.begin import begin
from runner.process.holder import this_holder
from runner.tracking import Kind
from runner.tracking.tags import CLAIM, HOLDER, LEASE
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
