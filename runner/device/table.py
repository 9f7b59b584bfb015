"""Write and read what devices make of the files of a run: its table, devices.csv."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runner.escaping.spreadsheet import csv_records, csv_text

TABLE = "devices.csv"
# In place of a device: the machine that measured the files, for figures of no device in the table.
HOST = "host"

_RUNS = {True: "yes", False: "no", None: ""}
_HEAD = ("target", "device", "runs", "reason", "measured_by")


@dataclass(frozen=True)
class DeviceRow:
    """What one device makes of one file.

    Attributes:
        target: the file's target.
        device: the value of a `Device`, or `HOST`.
        runs: whether the device runs the file; None where nothing here can tell.
        reason: why it does not, in the refusal's own words, or why nothing here can tell.
        measured_by: the tool and its version; other tools measure again.
        figures: numbers by name, as flash_bytes, ram_bytes, latency_ms, cycles, cpu_operators.
    """

    target: str
    device: str
    runs: bool | None
    reason: str = ""
    measured_by: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


def devices_csv(rows: Iterable[DeviceRow]) -> str:
    """Write the table: a line for each file and device, a column for each figure."""
    lines = list(rows)
    names = list(dict.fromkeys(name for row in lines for name in row.figures))
    return csv_text([(*_HEAD, *names), *(_line(row, names) for row in lines)])


def read_devices(text: str) -> list[DeviceRow]:
    """Read the table; the text of a run that has none is empty.

    Raises:
        KeyError: it is another table.
        ValueError: a figure is no number.
    """
    return [_row(record) for record in csv_records(text)] if text else []


def _line(row: DeviceRow, names: Iterable[str]) -> list[object]:
    figures = (row.figures.get(name) for name in names)
    numbers = ("" if value is None else f"{value:.10g}" for value in figures)
    return [row.target, row.device, _RUNS[row.runs], row.reason, row.measured_by, *numbers]


def _row(record: Mapping[str, str]) -> DeviceRow:
    runs = {text: value for value, text in _RUNS.items()}[record["runs"]]
    figures = {name: float(text) for name, text in record.items() if name not in _HEAD and text}
    texts = (record["reason"], record["measured_by"])
    return DeviceRow(record["target"], record["device"], runs, *texts, figures)
