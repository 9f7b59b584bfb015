"""Read what devices make of the files of points and baselines."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from runner.device.request import Request
from runner.device.table import TABLE, DeviceRow, read_devices
from runner.results.rows import Results
from runner.tracking import Record, Store
from runner.tracking.texts import read_text

# Requests to a server at a time.
_THREADS = 8


def device_rows(store: Store, record: Record) -> list[DeviceRow]:
    """Read the table of devices of one run; nothing where it has none that can be read."""
    path = Path(store.local_file(record, TABLE))
    try:
        # Of a server, it is an address.
        if path.is_absolute():
            return read_devices(path.read_text(encoding="utf-8") if path.is_file() else "")
        return read_devices(read_text(store, record, TABLE))
    except (KeyError, ValueError, IndexError, OSError):
        return []


def with_device_rows(store: Store, results: Results, request: Request) -> Results:
    """Read the tables of all points and baselines, where the request is about what they hold.

    Tables that have been read already stay as they are.
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
