"""Draw a table of a sweep's points, for a terminal, a pipe or a page."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from runner.device.fit import fit
from runner.device.table import DeviceRow
from runner.escaping.markdown import plain
from runner.escaping.terminal import visible
from runner.results.decision import device_words
from runner.results.rows import Row, targets, varying
from runner.settings.devices import Device
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record

# Wider than any table: a pipe, which has no width of its own, gets every row on one line.
_PIPE_WIDTH = 1_000_000
LEGEND = "Each file: test accuracy, zipped bytes, times smaller than the baseline's zipped h5."


def legend(device: Device) -> str:
    """Say what stands in a cell."""
    if device is Device.PHONE:
        return LEGEND
    return f"Each file: test accuracy, bytes of flash and of RAM on {device_words(device)}."


def as_text(rows: Sequence[Row], device: Device = Device.PHONE) -> str:
    """Draw the table for a pipe, in Markdown: one line a row, however long, and no colours."""
    table = _by_point(rows, device, box.MARKDOWN, plain)
    console = Console(width=_PIPE_WIDTH, no_color=True, file=io.StringIO())
    width = Measurement.get(console, console.options, table).maximum
    with console.capture() as captured:
        console.print(table, width=width)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(line for line in lines if line)


def for_terminal(rows: Sequence[Row], console: Console, device: Device = Device.PHONE) -> Table:
    """Draw one row a point where that fits the terminal, else one row a file."""
    table = _by_point(rows, device, box.SIMPLE_HEAD)
    needed = Measurement.get(console, console.options.update(width=_PIPE_WIDTH), table).maximum
    return table if needed <= console.width else _by_file(rows, device)


def _by_point(
    rows: Sequence[Row], device: Device, frame: box.Box, escape: Callable[[str], str] = visible
) -> Table:
    kinds = targets(rows)
    table = Table(box=frame)
    for name in ("run", *_varying(rows).values()):
        table.add_column(Text(escape(name)))
    for name in ("sparsity", *kinds):
        table.add_column(name, justify="right")
    for label, record, devices in _labels_and_records(rows):
        cells = [" ".join(_figures(record, kind, devices, device)) for kind in kinds]
        table.add_row(*(Text(escape(each)) for each in label), _sparsity(record), *cells)
    return table


def _by_file(rows: Sequence[Row], device: Device) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    # Names of settings may take two lines, and the first of them says what a baseline is.
    for name in list(_varying(rows).values()) or ["run"]:
        words = visible(name).replace("_", " ")
        table.add_column(Text(words), min_width=max(map(len, words.split())))
    table.add_column("sparsity", no_wrap=True)
    table.add_column("target", no_wrap=True)
    sizes = ("zipped", "ratio") if device is Device.PHONE else ("flash", "RAM")
    for name in ("accuracy", *sizes):
        table.add_column(name, justify="right", no_wrap=True)
    for label, record, devices in _labels_and_records(rows):
        for kind in targets(rows):
            names = [Text(visible(each)) for each in _short(label)]
            figures = _figures(record, kind, devices, device)
            table.add_row(*names, _sparsity(record), kind, *figures)
        table.add_section()
    return table


def _short(label: Sequence[str]) -> list[str]:
    """Put the kind of a run before its first setting, for a baseline only: it saves a column."""
    kind, *values = label
    if not values:
        return [kind]
    return [f"{kind} {values[0]}".strip() if kind == "baseline" else values[0], *values[1:]]


def _varying(rows: Sequence[Row]) -> Mapping[str, str]:
    return short(varying([row.point for row in rows]))


def _labels_and_records(
    rows: Sequence[Row],
) -> Iterator[tuple[list[str], Record, Sequence[DeviceRow]]]:
    """Yield the baselines, then the points, with their kind and the settings that vary."""
    names = list(_varying(rows))
    baselines = {
        row.baseline.id: (row.baseline, row.baseline_devices) for row in rows if row.baseline
    }
    for kind, records in (
        ("baseline", baselines.values()),
        ("point", [(row.point, row.devices) for row in rows]),
    ):
        for record, devices in records:
            yield [kind, *(record.params.get(name, "") for name in names)], record, devices


def _sparsity(record: Record) -> str:
    sparsity = record.metrics.get("sparsity")
    return "-" if sparsity is None else f"{sparsity:.4f}"


def _figures(
    record: Record, kind: Target, devices: Sequence[DeviceRow], device: Device
) -> list[str]:
    if not record.has_file(kind):
        requested = record.params.get("export.targets", "").strip("[]").split(",")
        asked = kind in requested and kind.goes_with(record.params.get("compress.name", "none"))
        return ["failed" if record.status == "FAILED" and asked else "-", "", ""]
    figures = record.figures(kind)
    accuracy = f"{figures['accuracy']:.2%}"
    there = fit(kind, figures, devices, device)
    if not there.runs:
        return ["not known" if there.runs is None else "does not run", "", ""]
    if device is Device.PHONE:
        return [accuracy, f"{there.size:,.0f}", f"{figures['zip_ratio']:.1f}x"]
    return [accuracy, f"{there.size:,.0f}", "-" if there.ram is None else f"{there.ram:,.0f}"]
