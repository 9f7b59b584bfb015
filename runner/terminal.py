"""A report goes in; a table for a terminal, or plain text for a pipe, comes out on the console."""

import io
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from runner import report
from runner.labels import short
from runner.report import Pick, Row
from runner.store_address import without_password
from runner.targets import Target
from runner.tracking import Record, Store

# Wide enough that a pipe, which has no width of its own, gets every row on one line.
_PIPE_WIDTH = 400
LEGEND = "Each file: test accuracy, zipped bytes, times smaller than the baseline's zipped h5."


def show(store: Store, rows: Sequence[Row], max_drop: float) -> None:
    """Print the table, the failed points, the file to ship and how to see more."""
    console = Console()
    if console.is_terminal:
        console.print(_fitting(rows, console))
    else:
        print(_plain(_wide(rows, box.MARKDOWN)))
    print(LEGEND)
    for row in rows:
        if row.point.error:
            print(f"{row.point.status}: {row.point.name}: {row.point.error}")
    for part in report.by_data(rows) or [[]]:
        print(_decision(store, part, max_drop))
    print(f"Compare in the browser: {ui_command(store.uri)}")


def ui_command(uri: str) -> str:
    """Say how to look at the store: a server by its address, a database through MLflow's UI."""
    shown = without_password(uri)
    if uri.startswith(("http", "databricks")):
        return shown
    python = Path(sys.executable)
    here = Path.cwd()
    program = os.path.relpath(python, here) if python.is_relative_to(here) else str(python)
    # A password is not for the screen: the environment's own is named, any other is masked.
    named = shown != uri and os.environ.get("MLFLOW_TRACKING_URI") == uri
    address = '"$MLFLOW_TRACKING_URI"' if named else shlex.quote(shown)
    return f"{shlex.quote(program)} -m mlflow ui --backend-store-uri {address}"


def _plain(table: Table) -> str:
    """Draw a table for a pipe: one line a row, however long, and nothing but text."""
    console = Console(width=_PIPE_WIDTH, no_color=True, file=io.StringIO())
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(line for line in lines if line)


def _fitting(rows: Sequence[Row], console: Console) -> Table:
    """Draw one row a point where that fits the terminal, else one row a file."""
    wide = _wide(rows, box.SIMPLE_HEAD)
    needed = Measurement.get(console, console.options.update(width=_PIPE_WIDTH), wide).maximum
    return wide if needed <= console.width else _long(rows)


def _wide(rows: Sequence[Row], frame: box.Box) -> Table:
    kinds = report.targets(rows)
    table = Table(box=frame)
    for name in ("run", *_varying(rows).values()):
        table.add_column(name)
    for name in ("sparsity", *kinds):
        table.add_column(name, justify="right")
    for label, record in _labelled(rows):
        cells = [" ".join(_figures(record, kind)) for kind in kinds]
        table.add_row(*label, _sparsity(record), *cells)
    return table


def _long(rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    # Names of settings may take two lines, and the first of them says what a baseline is.
    for name in list(_varying(rows).values()) or ["run"]:
        words = name.replace("_", " ")
        table.add_column(words, min_width=max(map(len, words.split())))
    table.add_column("sparsity", no_wrap=True)
    table.add_column("target", no_wrap=True)
    for name in ("accuracy", "zipped", "ratio"):
        table.add_column(name, justify="right", no_wrap=True)
    for label, record in _labelled(rows):
        for kind in report.targets(rows):
            table.add_row(*_short(label), _sparsity(record), kind, *_figures(record, kind))
        table.add_section()
    return table


def _short(label: Sequence[str]) -> list[str]:
    """Save the column that says what a run is: only a baseline says it, before what varies."""
    kind, *values = label
    if not values:
        return [kind]
    return [f"{kind} {values[0]}".strip() if kind == "baseline" else values[0], *values[1:]]


def _varying(rows: Sequence[Row]) -> Mapping[str, str]:
    return short(report.varying([row.point for row in rows]))


def _labelled(rows: Sequence[Row]) -> Iterator[tuple[list[str], Record]]:
    """Go through the baselines, then the points, each with what tells it from the others."""
    names = list(_varying(rows))
    baselines = {row.baseline.id: row.baseline for row in rows if row.baseline}
    for kind, records in (
        ("baseline", baselines.values()),
        ("point", [row.point for row in rows]),
    ):
        for record in records:
            yield [kind, *(escape(record.params.get(name, "")) for name in names)], record


def _sparsity(record: Record) -> str:
    sparsity = record.metrics.get("sparsity")
    return "-" if sparsity is None else f"{sparsity:.4f}"


def _figures(record: Record, kind: Target) -> list[str]:
    figures = record.metrics
    if f"zip_bytes/{kind}" not in figures:
        asked = record.params.get("export.targets", "").strip("[]").split(",")
        return ["failed" if record.status == "FAILED" and kind in asked else "-", "", ""]
    accuracy, size = figures[f"accuracy/{kind}"], figures[f"zip_bytes/{kind}"]
    return [f"{accuracy:.2%}", f"{size:,.0f}", f"{figures[f'zip_ratio/{kind}']:.1f}x"]


def _decision(store: Store, rows: Sequence[Row], max_drop: float) -> str:
    best = report.best_baseline(rows)
    nearest = report.closest(rows)
    if best is None or nearest is None:
        return "No point has a file to ship."
    points = f"{max_drop * 100:g} point{'' if max_drop == 0.01 else 's'}"
    standard = best.metrics["validation_accuracy/h5"]
    limit = f"within {points} of the baseline's validation accuracy ({standard:.2%})"
    pick = report.smallest(rows, max_drop)
    if pick:
        return f"Smallest file {limit}: {_described(store, pick)}"
    return f"No file is {limit}; the closest: {_described(store, nearest)}"


def _described(store: Store, pick: Pick) -> str:
    path = store.local_file(pick.point, f"models/{pick.target.file_name}")
    return (
        f"{path} ({pick.point.name}): {pick.zip_bytes:,.0f} bytes zipped, {pick.zip_ratio:.1f} "
        f"times smaller than its baseline's h5, validation accuracy "
        f"{pick.validation_accuracy:.2%}, test accuracy {pick.accuracy:.2%}"
    )
