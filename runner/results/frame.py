"""Make a pandas DataFrame of a sweep's files, one row a file."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from runner.device.fit import fit
from runner.device.table import DeviceRow
from runner.results import choice
from runner.results.file import NETWORK
from runner.results.pareto import pareto
from runner.results.rows import Results, by_data, number, varying
from runner.settings.devices import Device
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record, Store


def files_frame(store: Store, results: Results) -> pd.DataFrame:
    """Return each file of each baseline and point with its settings, figures and path.

    A run without files has one row too, without a target. What each device that the sweep asks for
    makes of a file stands in columns that begin with its name; phones have none.
    """
    names = short(varying([row.point for row in results.rows]))
    dense = {row.baseline.id: row.baseline for row in results.rows if row.baseline}
    tables = {row.point.id: row.devices for row in results.rows}
    tables |= {row.baseline.id: row.baseline_devices for row in results.rows if row.baseline}
    runs = [("baseline", record) for record in dense.values()]
    runs += [("point", row.point) for row in results.rows]
    # Of a phone, all there is stands there in any case.
    devices = [device for device in results.request.devices if device is not Device.PHONE]
    lines: list[dict[str, Any]] = []
    for kind, record in runs:
        params = record.params
        settings = {label: _value(params.get(name)) for name, label in names.items()}
        run = {
            "run": kind,
            "point": record.name,
            **settings,
            "status": record.status,
            "error": record.error,
            "sparsity": record.metrics.get("sparsity"),
            **{name: record.metrics.get(name) for name in NETWORK},
        }
        files = list(_files(store, record)) or [{"target": None}]
        for file in files:
            file.update(_on_devices(file, tables[record.id], devices))
        lines += [{**run, **file, "run_id": record.id} for file in files]
    return pd.DataFrame(lines)


def front_frame(files: pd.DataFrame, results: Results) -> pd.DataFrame:
    """Return the rows of the files on the front of each data set, the smallest file first.

    Of several seeds it is the row of the median one.

    Args:
        files: as `files_frame` returns them.
    """
    parts = by_data(results.rows)
    device = results.request.device
    best = [each.file for part in parts for each in pareto(choice.candidates(part, device))]
    keys = [(file.point.id, str(file.target)) for file in best]
    indexed = files.set_index(["run_id", "target"], drop=False)
    # Without a file there is no key, and no list of keys that pandas takes.
    return (indexed.loc[keys] if keys else indexed[:0]).reset_index(drop=True)


def _files(store: Store, record: Record) -> Iterator[dict[str, Any]]:
    for target in filter(record.has_file, Target):
        path = store.local_file(record, f"models/{target.file_name}")
        yield {"target": str(target), **record.figures(target), "path": path}


def _on_devices(
    file: dict[str, Any], rows: Sequence[DeviceRow], devices: Sequence[Device]
) -> dict[str, Any]:
    if file["target"] is None:
        return {}
    return {
        f"{device}_{name}": value
        for device in devices
        for name, value in fit(Target(file["target"]), file, rows, device).values.items()
    }


def _value(text: str | None) -> float | int | str | None:
    """Read a setting as a number where it is one, so that a column of them sorts."""
    value = None if text is None else number(text)
    if text is None or value is None:
        return text
    return int(value) if text.lstrip("-").isdigit() else value
