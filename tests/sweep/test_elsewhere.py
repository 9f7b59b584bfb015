"""A sweep that is gone on with waits for the points that other machines still work on."""

import threading
from pathlib import Path

import pytest

from runner.planning.grid import Point
from runner.settings import Settings
from runner.sweep.elsewhere import at_work_elsewhere, wait_for_their_end
from runner.tracking import Kind, Run, Store
from runner.tracking.lease import Lease
from runner.tracking.tags import FINGERPRINT, HOLDER, LEASE, PROCESS
from tests.helpers.project import Configure
from tests.helpers.stores import store_in

_PERIOD = 0.1
_MACHINE = "somewhere another-boot 4026531836 4711 1"
_OTHER = "0123456789ab"


class _OfAnother(Lease):
    """A lease that another machine renews."""

    def __init__(self, store: Store, run: Run) -> None:
        super().__init__(lambda: store.connection, lambda: run.id, _PERIOD)
        self._holder = _OTHER


def _point_elsewhere(store: Store, sweep: Run, name: str) -> Run:
    held = {PROCESS: _MACHINE, HOLDER: _OTHER, LEASE: f"{_OTHER} 0", FINGERPRINT: name}
    point = store.new_run(Kind.POINT, name, {}, held, sweep.id)
    point.flush()
    return point


def _points(settings: Settings, *names: str) -> list[Point]:
    return [Point((), name, settings, "signature", name, "plan") for name in names]


def test_it_waits_as_long_as_they_live_and_no_longer(
    store_folder: Path, settings: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    store = store_in(store_folder)
    sweep = store.new_run(Kind.SWEEP, "s", {}, {})
    sweep.flush()
    lives, lost = (_point_elsewhere(store, sweep, name) for name in ("lives", "lost"))
    points = _points(settings(), "lives", "lost", "new")
    assert [each.name for each in at_work_elsewhere(store, sweep.id, points)] == ["lives", "lost"]

    with _OfAnother(store, lives).renewed():
        end = threading.Timer(12 * _PERIOD, lambda: store.connection.set_terminated(lives.id))
        end.start()
        wait_for_their_end(store, sweep.id, _PERIOD)
        end.join()
    assert store.get(lives.id).status == "FINISHED"
    assert (store.get(lost.id).status, store.get(lost.id).superseded) == ("KILLED", True)
    assert at_work_elsewhere(store, sweep.id, points) == []
    assert "waiting for what other machines work on: lives, lost" in caplog.text
