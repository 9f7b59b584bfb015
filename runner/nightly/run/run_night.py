"""Run a night: its sweeps, their verdict, its report, and the deletion of old nights."""

import logging

from runner.errors import Refused
from runner.escaping.terminal import say
from runner.nightly.cleanup import disk
from runner.nightly.cleanup.clean import clean
from runner.nightly.history.collect import read_night
from runner.nightly.history.past import PAGE, PastNight, comparable, past_nights
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import Verdict, judge
from runner.nightly.report.notify import log_to, notify, write
from runner.nightly.run.begin import Tonight, begin
from runner.nightly.run.lock import lock
from runner.nightly.run.sweeps import Sweeps
from runner.nightly.settings import NightlySettings
from runner.tracking import Store, StoreFailed

log = logging.getLogger(__name__)


def run_night(settings: NightlySettings) -> int:
    """Run one night, or the rest of one that was interrupted, and return its exit code.

    Raises:
        Busy: another night is at work in the folder.
        Refused: the store cannot be used, or the disk is too full.
        StoreFailed: the store stopped answering.
    """
    with lock(settings.folder):
        store = Store(settings.uri, settings.experiment)
        store.connect()
        _make_room(store, settings)
        tonight = begin(store, settings.resume_hours, settings.seed)
        log.info("%s night %s", "resuming" if tonight.resumed else "beginning", tonight.name)
        with tonight.run.closing():
            verdict = _run(store, settings, tonight)
        say(*verdict.text.split("\n"), f"Report: {settings.folder / PAGE}")
        notify(verdict, settings)
        _clean(store, settings)
        return verdict.code


def _run(store: Store, settings: NightlySettings, tonight: Tonight) -> Verdict:
    nights = past_nights(store, settings.keep_nights)
    sweeps = Sweeps(settings, store, tonight, [past.night for past in nights])
    sweeps.run()
    night = read_night(store, tonight.run.id, sweeps.postponed)
    tolerance = Tolerance(**settings.tolerance.model_dump())
    good = comparable(nights, settings.good_nights, settings.sweeps)
    verdict = judge(night, good, tolerance, sweeps.failures)
    write(verdict, [*nights, PastNight(night, verdict.word, accepted=False)], settings.folder)
    log_to(tonight.run, verdict, settings.folder)
    return verdict


def _make_room(store: Store, settings: NightlySettings) -> None:
    """Check the disk; old nights are deleted early where that makes room."""
    try:
        disk.check(store, settings.folder)
    except Refused:
        _clean(store, settings)
        disk.check(store, settings.folder)


def _clean(store: Store, settings: NightlySettings) -> None:
    """Delete old nights; where that fails, the night was run all the same."""
    try:
        log.info("old nights: %s", clean(store, settings.keep_nights, settings.folder, False).text)
    except StoreFailed as failure:
        log.warning("old nights are still there: %s", failure)
