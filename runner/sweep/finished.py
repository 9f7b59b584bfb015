"""Tell which points of a sweep are finished, and which of their baselines lack something."""

import logging
from collections.abc import Sequence

from runner.export.tflm.makeable import makeable
from runner.planning.fingerprint import measuring_digest
from runner.planning.grid import Point
from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.missing_files import missing_files
from runner.tracking.tags import FAILED_TARGETS

log = logging.getLogger(__name__)


def unfinished_points(store: Store, sweep_run_id: str, points: Sequence[Point]) -> list[Point]:
    """Return the points that are still to be run.

    A point whose files are gone is one of them: its run is deleted, and it is named.

    Raises:
        StoreFailed: the store does not answer.
    """
    records = _finished(store, sweep_run_id)
    missing = missing_files(store, records)
    for record in records:
        if record.id in missing:
            names = _several(missing[record.id])
            log.warning("%s is run again: its run %s lacks %s", record.name, record.id, names)
            store.delete(record)
    done = {record.fingerprint for record in records if record.id not in missing}
    return [point for point in points if point.fingerprint not in done]


def is_whole(store: Store, sweep_run_id: str, points: Sequence[Point]) -> bool:
    """Tell whether all points and their baselines are finished, and all of their files are there.

    Raises:
        StoreFailed: the store does not answer.
    """
    records = _finished(store, sweep_run_id)
    done = {record.fingerprint for record in records}
    if any(point.fingerprint not in done for point in points):
        return False
    return not missing_files(store, records) and not lacking_baselines(store, points)


def finished_points(store: Store, sweep_run_id: str, points: Sequence[Point]) -> list[Point]:
    """Return those that are finished.

    Raises:
        StoreFailed: the store does not answer.
    """
    done = {record.fingerprint for record in _finished(store, sweep_run_id)}
    return [point for point in points if point.fingerprint in done]


def lacking_baselines(store: Store, points: Sequence[Point]) -> list[Point]:
    """Return one point of each baseline whose run lacks files or figures that it should have.

    Raises:
        StoreFailed: the store does not answer.
    """
    by_signature: dict[str, list[Point]] = {}
    for point in points:
        by_signature.setdefault(point.signature, []).append(point)
    return [same[0] for same in by_signature.values() if _lacks(store, same)]


def _lacks(store: Store, points: Sequence[Point]) -> bool:
    settings, signature = points[0].settings, points[0].signature
    record = store.baseline(signature, measuring_digest(settings))
    # Without a run there is none that anybody could find incomplete.
    if record is None:
        return False
    failed = record.tags.get(FAILED_TARGETS, "").split()
    wanted = {Target.H5, *makeable(settings.export.targets, "none")}.difference(failed)
    return any(not record.has_file(target) for target in wanted) or bool(
        missing_files(store, [record])
    )


def _finished(store: Store, sweep_run_id: str) -> list[Record]:
    return [record for record in store.children(sweep_run_id) if record.status == "FINISHED"]


def _several(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
