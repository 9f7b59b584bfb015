"""Say of a finished sweep that it is finished, or what has changed since."""

import logging
from collections.abc import Mapping, Sequence

from runner.planning.grid import Point
from runner.report.folder import PAGE
from runner.sweep.finished import finished_points, is_whole
from runner.sweep.identity import answers, sweep_key
from runner.sweep.made_of import changes
from runner.sweep.take_over import has_begun
from runner.sweep.time_of_day import time_of_day
from runner.tracking import Kind, Record, Store
from runner.tracking.tags import FINGERPRINT, PARENT, POINTS, SWEEP

log = logging.getLogger(__name__)

_PLACES = ("tracking.", "cache.")
# What earlier versions called a sweep that was typed.
_NO_NAME = "unnamed"
_ENDED = {"FINISHED": "finished", "FAILED": "unfinished", "KILLED": "unfinished"}


def finished_before(store: Store, name: str, points: Sequence[Point]) -> Record | None:
    """Return the last sweep of these points where it is finished, and has all that is asked of it.

    Raises:
        StoreFailed: the store does not answer.
    """
    settings = points[0].settings
    key = {FINGERPRINT: sweep_key(name, points)}
    same = [sweep for sweep in store.of_kind(Kind.SWEEP, key) if has_begun(sweep)]
    if not (settings.sweep.resume and same and same[-1].status == "FINISHED"):
        return None
    sweep = same[-1]
    if settings.search.is_adaptive:
        # Nobody asked for the others.
        points = finished_points(store, sweep.id, points)
    return sweep if answers(sweep, settings) and is_whole(store, sweep.id, points) else None


def words(store: Store, sweep: Record) -> str:
    """Say when a sweep was finished, where its report is, and how it is run anew."""
    name = sweep.tags.get(SWEEP, sweep.name)
    return (
        f"{name}: finished at {time_of_day(sweep.ended or sweep.started)}, "
        f"{_count(int(sweep.tags.get(POINTS, '0')))}; the report is at "
        f"{store.local_file(sweep, PAGE)}; sweep.resume=false runs it anew"
    )


def say_what_changed(store: Store, sweep: Record) -> None:
    """Log which sweep of the same settings is not gone on with, and what has changed since."""
    for other in _latest_first(store, sweep.tags[SWEEP]):
        alike = _alike(sweep.params, other.params)
        # Each night has sweeps of its own.
        if alike and other.id != sweep.id and other.tags.get(PARENT) == sweep.tags.get(PARENT):
            state = _ENDED.get(other.status)
            if state:
                text = "beginning %s anew: %s since its %s run %s, which stays as it is"
                log.info(text, sweep.name, changes(other, sweep), state, other.id)
            return


def _latest_first(store: Store, name: str) -> list[Record]:
    """Return the sweeps of a name, then those to which earlier versions gave none."""
    return [
        sweep
        for called in (name, _NO_NAME)
        for sweep in reversed(store.of_kind(Kind.SWEEP, {SWEEP: called}))
    ]


def _alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether settings are the same; those count that both versions have.

    Where something lies, and in which store, decides nothing.
    """
    shared = one.keys() & other.keys()
    return all(one[name] == other[name] for name in shared if not name.startswith(_PLACES))


def _count(points: int) -> str:
    return f"{points} point{'' if points == 1 else 's'}"
