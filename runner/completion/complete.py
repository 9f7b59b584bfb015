"""Complete the runs of a sweep with what a device needs: figures, and files that it gains."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from runner.completion.addition import Addition
from runner.completion.asked import Asked
from runner.completion.encoded import make_encoded
from runner.completion.from_h5 import make_from_h5
from runner.completion.gained import gained, missing
from runner.completion.measured import measure_lacking
from runner.completion.stored_run import StoredRun
from runner.device.request import Request
from runner.device.table import DeviceRow
from runner.device.wanted import Wanted
from runner.errors import one_line
from runner.results.device_rows import with_device_rows
from runner.results.rows import NOT_READ, Results
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record, Store, StoreFailed, few_retries

log = logging.getLogger(__name__)

_ALL = Asked()


def complete(  # noqa: PLR0913, PLR0917
    store: Store,
    results: Results,
    request: Request,
    asked: Asked = _ALL,
    wanted: Wanted | None = None,
    passing: list[str] | None = None,
) -> Results:
    """Make the files that the devices gain, measure what is lacking, and log it in the runs.

    Nothing is trained, and what is there already is neither made nor measured again. What cannot
    be made or measured any more is left out, with a line in the log for each reason.

    Args:
        request: the devices.
        asked: the files to make and to measure.
        wanted: what is measured besides; None for nothing but what the devices need.
        passing: takes the reasons why something is left out that may be gone the next time.

    Returns:
        The sweep with what its runs have now. Where the store cannot be written, the figures of
        files that it has are in what is returned, and nowhere else.

    Raises:
        StoreFailed: the store does not answer.
    """
    wanted = replace(wanted or Wanted(), devices=request.devices)
    plain = all(device is Device.PHONE for device in wanted.devices)
    if plain and not (asked.made or wanted.latency or wanted.command):
        return with_device_rows(store, results, request)
    with tempfile.TemporaryDirectory() as folder:
        additions = [
            Addition(run, Path(folder) / run.record.id, asked.measured)
            for run in _stored_runs(store, results)
        ]
        _make(additions, gained(wanted.devices) if asked.made is None else asked.made)
        for addition in additions:
            _measure(addition, wanted)
        _explain(additions)
        reasons = [reason for addition in additions for reason in addition.passing]
        records = _log(additions, reasons)
        if passing is not None:
            passing += reasons
        return _with(results, records, {each.run.record.id: each for each in additions})


def _stored_runs(store: Store, results: Results) -> Iterator[StoredRun]:
    """Yield the baselines, then the points, of which each has a file; those that run are left."""
    baselines = {row.baseline.id: row.baseline for row in results.rows if row.baseline}
    runs = [StoredRun(store, baseline, baseline) for baseline in baselines.values()]
    runs += [StoredRun(store, row.point, row.baseline) for row in results.rows if row.baseline]
    yield from (run for run in runs if run.targets and run.record.status != "RUNNING")


def _make(additions: Sequence[Addition], wanted: Sequence[Target]) -> None:
    from_h5: list[tuple[Addition, list[Target]]] = []
    encoded: list[tuple[Addition, list[Target]]] = []
    for addition in additions:
        needed = missing(addition, wanted)
        from_h5.append((addition, [each for each in needed if not each.encoding]))
        encoded.append((addition, [each for each in needed if each.encoding]))
    number = sum(bool(needed) for _, needed in from_h5)
    if number:
        made = ", ".join(dict.fromkeys(target for _, needed in from_h5 for target in needed))
        log.warning("making %s from the stored h5 files of %d runs", made, number)
    make_from_h5(from_h5)
    for addition, needed in encoded:
        try:
            make_encoded(addition, needed)
        except StoreFailed as failure:
            addition.leave_out(needed, str(failure), passing=True)


def _measure(addition: Addition, wanted: Wanted) -> None:
    try:
        measure_lacking(addition, wanted)
    except Exception as failure:
        # Flatbuffers that are damaged raise any of Python's errors.
        passing = isinstance(failure, StoreFailed | OSError)
        reason = one_line(failure) if passing else _damaged(failure)
        addition.leave_out(["figures of devices"], reason, passing)


def _damaged(failure: Exception) -> str:
    return f"a file of it cannot be read ({type(failure).__name__}: {one_line(failure)})"


def _explain(additions: Sequence[Addition]) -> None:
    """Say once for each reason what is left out, and of which runs."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for addition in additions:
        for reason, names in addition.left_out.items():
            key = reason, ", ".join(dict.fromkeys(names))
            reasons.setdefault(key, []).append(addition.run.name)
    for (reason, what), runs in reasons.items():
        more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
        log.warning("left out: %s of %s%s: %s", what, runs[0], more, reason)


def _log(additions: Sequence[Addition], passing: list[str]) -> dict[str, Record]:
    """Log the additions; once the store does not take one, the others are not tried."""
    records: dict[str, Record] = {}
    failed = ""
    for addition in additions:
        if addition.is_empty:
            continue
        if not failed:
            try:
                with few_retries():
                    records[addition.run.record.id] = addition.log()
                continue
            except (StoreFailed, OSError) as failure:
                failed = str(failure)
                passing.append(failed)
                log.warning("measured, but the store cannot be written: %s", failed)
        records[addition.run.record.id] = addition.in_memory()
    return records


def _with(
    results: Results, records: Mapping[str, Record], additions: Mapping[str, Addition]
) -> Results:
    """Put what the runs have now in the place of what they had."""

    def rows_of(record: Record | None) -> tuple[DeviceRow, ...]:
        addition = additions.get(record.id) if record else None
        return tuple(addition.rows) if addition else ()

    rows = (
        replace(
            row,
            point=records.get(row.point.id, row.point),
            baseline=row.baseline and records.get(row.baseline.id, row.baseline),
            devices=rows_of(row.point),
            baseline_devices=rows_of(row.baseline),
            # What has changed is to be read again.
            correct=NOT_READ if row.point.id in records else row.correct,
            baseline_correct=(
                NOT_READ if row.baseline and row.baseline.id in records else row.baseline_correct
            ),
        )
        for row in results.rows
    )
    return replace(results, rows=tuple(rows))
