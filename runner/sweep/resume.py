"""Go on with the last sweep of the same points, or begin a new one."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.device.request import Request
from runner.planning.fingerprint import sweep_fingerprint
from runner.planning.grid import Point
from runner.settings import Settings
from runner.settings.parameters import sweep_parameters
from runner.tracking import Kind, Record, Run, Store, StoreFailed
from runner.tracking.tags import DEVICE, FINGERPRINT, MAX_DROP, MEASURE, PARENT, POINTS, SWEEP

log = logging.getLogger(__name__)

_ANEW = (
    "beginning %s anew: the code, a library, the images or a model have changed since its "
    "unfinished run %s, which stays as it is"
)


@dataclass(frozen=True)
class SweepRun:
    """The MLflow run of a sweep, which no other process writes to.

    Attributes:
        resumed: whether an earlier process began it.
    """

    run: Run
    resumed: bool


def resume_or_begin(store: Store, name: str, points: Sequence[Point]) -> SweepRun:
    """Resume the last sweep of these points, or begin a new one.

    A sweep is resumed that is unfinished, or that is now asked for another device or other figures
    of its files, which nothing is trained for. All runs in the store whose process has ended are
    closed as KILLED first. A sweep whose process is still running is not resumed.

    Raises:
        Refused: the store cannot be used.
        StoreFailed: the store stopped answering.
    """
    store.connect()
    # A night resumes its own sweep, never that of another night.
    night = points[0].settings.sweep.night
    unique_name = f"{name} of {night}" if night else name
    fingerprint = sweep_fingerprint(unique_name, [point.fingerprint for point in points])
    # Of two processes that find the same unfinished sweep, only one may resume it.
    with store.lock():
        store.close_dead()
        same = store.of_kind(Kind.SWEEP, {FINGERPRINT: fingerprint})
        asked = _asked(points[0].settings)
        known = _to_go_on(same, asked) if points[0].settings.sweep.resume else None
        run = store.adopt(known) if known else _begin(store, name, fingerprint, points)
        run.tag(MAX_DROP, str(points[0].settings.report.max_drop))
        for tag, text in asked.items():
            run.tag(tag, text)
        run.tag(POINTS, str(len(points)))
        run.flush()
        if not same:
            _say_what_begins_anew(store, store.get(run.id))
        return SweepRun(run, resumed=known is not None)


def remaining_points(
    store: Store, sweep: SweepRun, name: str, points: Sequence[Point]
) -> list[Point]:
    """Return the points that are still to be run.

    Where the settings say so, finished points are first copied from other sweeps.

    Raises:
        StoreFailed: the store stopped answering.
    """
    done = {
        record.fingerprint for record in store.children(sweep.run.id) if record.status == "FINISHED"
    }
    remaining = [point for point in points if point.fingerprint not in done]
    if sweep.resumed:
        finished = len(points) - len(remaining)
        log.info("resuming %s: %d of %d points done", name, finished, len(points))
    if not points[0].settings.sweep.reuse:
        return remaining
    return [point for point in remaining if not _copy_finished(store, sweep.run, name, point)]


def _asked(settings: Settings) -> dict[str, str]:
    """Return what is asked of files that are there, as tags; a command may hold a secret."""
    measure = json.dumps(settings.measure.model_dump(mode="json"))
    digest = hashlib.sha256(measure.encode()).hexdigest()[:16]
    return {DEVICE: Request.of(settings).text, MEASURE: digest}


def _to_go_on(sweeps: Sequence[Record], asked: Mapping[str, str]) -> Record | None:
    """Return the newest of these sweeps where it is unfinished, or other things are asked of it."""
    if not sweeps or sweeps[-1].status == "RUNNING":
        return None
    other = any(sweeps[-1].tags.get(tag, text) != text for tag, text in asked.items())
    return sweeps[-1] if other else _unfinished(sweeps)


def _unfinished(sweeps: Sequence[Record]) -> Record | None:
    """Return the newest of these sweeps where it can be resumed."""
    return sweeps[-1] if sweeps and sweeps[-1].status in ("FAILED", "KILLED") else None


def _begin(store: Store, name: str, fingerprint: str, points: Sequence[Point]) -> Run:
    tags = {SWEEP: name, FINGERPRINT: fingerprint}
    params = sweep_parameters([point.settings for point in points])
    return store.new_run(Kind.SWEEP, name, params, tags, points[0].settings.sweep.night)


def _say_what_begins_anew(store: Store, sweep: Record) -> None:
    """Log which unfinished sweep of the same settings is not resumed: its fingerprint is another.

    Settings that only one of the two versions has do not count.
    """
    for other in reversed(store.of_kind(Kind.SWEEP, {SWEEP: sweep.tags[SWEEP]})):
        shared = sweep.params.keys() & other.params.keys()
        alike = all(sweep.params[name] == other.params[name] for name in shared)
        # Each night has sweeps of its own.
        if alike and other.id != sweep.id and other.tags.get(PARENT) == sweep.tags.get(PARENT):
            if _unfinished([other]):
                log.info(_ANEW, sweep.name, other.id)
            return


def _copy_finished(store: Store, run: Run, name: str, point: Point) -> bool:
    """Copy the same point of another sweep into this one; return whether one was complete."""
    same = store.of_kind(Kind.POINT, {FINGERPRINT: point.fingerprint})
    for source in reversed([record for record in same if record.status == "FINISHED"]):
        try:
            store.copy(source, point.name, {SWEEP: name}, run.id)
        except StoreFailed as failure:
            log.warning("not reused: %s", failure)
            continue
        sweep = source.tags.get(SWEEP, "a run of its own")
        log.info("reused: %s, from %s (run %s)", point.name, sweep, source.id)
        return True
    return False
