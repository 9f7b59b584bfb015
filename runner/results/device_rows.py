"""Read what devices make of the files of points and baselines."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from runner.device.request import Request
from runner.device.table import TABLE, DeviceRow, read_devices
from runner.results.rows import Results
from runner.tracking import Record, Store
from runner.tracking.texts import read_text

# Requests to a server at a time.
_THREADS = 8


def device_rows(store: Store, record: Record) -> list[DeviceRow]:
    """Read the table of devices of one run; nothing where it has none, or one that is damaged.

    Raises:
        StoreFailed: the store does not answer.
    """
    text = read_text(store, record, TABLE)
    try:
        return read_devices(text)
    except (KeyError, ValueError, IndexError):
        return []


def with_device_rows(store: Store, results: Results, request: Request) -> Results:
    """Read the tables of all points and baselines, where the request is about what they hold.

    Tables that have been read already stay as they are.

    Raises:
        StoreFailed: the store does not answer.
    """
    if not request.needs_table:
        return results
    records = {row.point.id: row.point for row in results.rows if not row.devices}
    records |= {
        row.baseline.id: row.baseline
        for row in results.rows
        if row.baseline and not row.baseline_devices
    }
    tables = _read(store, [*records.values()])
    rows = (
        replace(
            row,
            devices=row.devices or tables.get(row.point.id, ()),
            baseline_devices=row.baseline_devices
            or (tables.get(row.baseline.id, ()) if row.baseline else ()),
        )
        for row in results.rows
    )
    return replace(results, rows=tuple(rows))


def _read(store: Store, records: Sequence[Record]) -> dict[str, tuple[DeviceRow, ...]]:
    with ThreadPoolExecutor(_THREADS) as pool:
        tables = pool.map(lambda record: device_rows(store, record), records)
        return {record.id: tuple(table) for record, table in zip(records, tables, strict=True)}
