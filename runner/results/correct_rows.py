"""Read which images the files of points and baselines classify right."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from runner.measure.correct_table import TABLE, Correct, correct_of_run
from runner.results.rows import NOT_READ, Results, Row
from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.inputs import image_counts
from runner.tracking.texts import read_text

_Read = TypeVar("_Read")
_Files = Mapping[Target, Correct]

# Requests to a server at a time.
_THREADS = 8


def with_correct(store: Store, results: Results) -> Results:
    """Read which images the files of all points and baselines classify right.

    Of runs of earlier versions, the numbers of images are all that there is. What has been looked
    for already stays as it is.

    Raises:
        StoreFailed: the store does not answer.
    """
    points = [row.point for row in results.rows if row.correct is NOT_READ]
    lacking = [row for row in results.rows if row.baseline_correct is NOT_READ]
    baselines = [row.baseline for row in lacking if row.baseline]
    tables = _of_each([*points, *baselines], lambda record: _correct(store, record))
    rows = [_filled(row, tables) for row in results.rows]
    old = [row.baseline for row in rows if row.images is None]
    asked = {baseline.id for baseline in baselines}
    unknown = [baseline for baseline in old if baseline and baseline.id in asked]
    counts = _of_each(unknown, lambda record: image_counts(store, record))
    rows = [
        replace(row, images=counts.get(row.baseline.id))
        if row.baseline and row.images is None
        else row
        for row in rows
    ]
    return replace(results, rows=tuple(rows))


def _correct(store: Store, record: Record) -> _Files:
    if not any(map(record.has_file, Target)):
        return {}
    return correct_of_run(read_text(store, record, TABLE), record.metrics)


def _filled(row: Row, tables: Mapping[str, _Files]) -> Row:
    """Put in what was read, and the numbers of images that it tells."""
    of_baseline = tables.get(row.baseline.id, {}) if row.baseline else {}
    correct = tables.get(row.point.id, {}) if row.correct is NOT_READ else row.correct
    known_baseline = row.baseline_correct
    baseline_correct = of_baseline if known_baseline is NOT_READ else known_baseline
    known = next(iter([*correct.values(), *baseline_correct.values()]), None)
    images = (len(known.validation), len(known.test)) if known else row.images
    return replace(row, correct=correct, baseline_correct=baseline_correct, images=images)


def _of_each(records: Iterable[Record], read: Callable[[Record], _Read]) -> dict[str, _Read]:
    """Read something of each run, several at once."""
    once = {record.id: record for record in records}
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip(once, pool.map(read, once.values()), strict=True))
