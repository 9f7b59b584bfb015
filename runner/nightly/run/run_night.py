"""Settings go in; a night is run, judged, told and cleaned up after, and an exit code comes out."""

import logging

from runner.errors import Refused
from runner.nightly.cleanup import disk
from runner.nightly.cleanup.clean import clean
from runner.nightly.history.collect import read_night
from runner.nightly.history.past import Past, comparable, past
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import Verdict, judge
from runner.nightly.report import notify
from runner.nightly.run.begin import Tonight, begin
from runner.nightly.run.lock import held
from runner.nightly.run.sweeps import Entries
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
    with held(settings.folder):
        store = Store(settings.uri, settings.experiment)
        store.connect()
        _make_room(store, settings)
        tonight = begin(store, settings.resume_hours, settings.seed)
        log.info("%s night %s", "resuming" if tonight.resumed else "beginning", tonight.name)
        with tonight.run.closing():
            verdict = _run(store, settings, tonight)
        print(verdict.text)
        print(f"Report: {settings.folder / notify.PAGE}")
        notify.tell(verdict, settings)
        _clean(store, settings)
        return verdict.code


def _run(store: Store, settings: NightlySettings, tonight: Tonight) -> Verdict:
    nights = past(store, settings.keep_nights)
    entries = Entries(settings, store, tonight, [each.night for each in nights])
    entries.run()
    night = read_night(store, tonight.run.id, entries.left)
    tolerance = Tolerance(**settings.tolerance.model_dump())
    good = comparable(nights, settings.good_nights, settings.sweeps)
    verdict = judge(night, good, tolerance, entries.refused)
    notify.write(verdict, [*nights, Past(night, verdict.word, accepted=False)], settings.folder)
    notify.log_to(tonight.run, verdict, settings.folder)
    return verdict


def _make_room(store: Store, settings: NightlySettings) -> None:
    """Check the disk; old nights go early where that makes room."""
    try:
        disk.check(store, settings.folder)
    except Refused:
        _clean(store, settings)
        disk.check(store, settings.folder)


def _clean(store: Store, settings: NightlySettings) -> None:
    """Let old nights go: the night was run, whatever becomes of them."""
    try:
        log.info("old nights: %s", clean(store, settings.keep_nights, settings.folder, False).text)
    except StoreFailed as failure:
        log.warning("old nights are still there: %s", failure)
