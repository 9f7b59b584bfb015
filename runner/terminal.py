"""A report goes in; a table for a terminal, or plain text for a pipe, comes out on the console."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runner import report
from runner.report import Pick, Row
from runner.store_address import without_password
from runner.targets import Target
from runner.tracking import Record, Store

# Wide enough that a pipe, which has no width of its own, gets every row on one line.
_PIPE_WIDTH = 400
_LEGEND = "Each file: test accuracy, zipped bytes, times smaller than the baseline's zipped h5."


def show(store: Store, rows: Sequence[Row], max_drop: float) -> None:
    """Print the table, the failed points, the file to ship and how to see more."""
    console = Console()
    if console.is_terminal:
        console.print(_table(rows, box.SIMPLE_HEAD))
    else:
        print(_plain(_table(rows, box.MARKDOWN)))
    print(_LEGEND)
    for row in rows:
        if row.point.error:
            print(f"{row.point.status}: {row.point.name}: {row.point.error}")
    print(_decision(store, rows, max_drop))
    print(f"Compare in the browser: {ui_command(store.uri)}")


def _plain(table: Table) -> str:
    """Draw a table for a pipe: one line a row, however long, and nothing but text."""
    console = Console(width=_PIPE_WIDTH, no_color=True, file=io.StringIO())
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(line for line in lines if line)


def ui_command(uri: str) -> str:
    """Say how to look at the store: a server by its address, a database through MLflow's UI."""
    if uri.startswith("http"):
        return without_password(uri)
    python = Path(sys.executable)
    here = Path.cwd()
    shown = os.path.relpath(python, here) if python.is_relative_to(here) else str(python)
    return f"{shown} -m mlflow ui --backend-store-uri {without_password(uri)}"


def _table(rows: Sequence[Row], frame: box.Box) -> Table:
    points = [row.point for row in rows]
    names = report.varying(points)
    kinds = report.targets(rows)
    table = Table(box=frame)
    for name in names or ["point"]:
        table.add_column(name.rpartition(".")[2])
    table.add_column("sparsity", justify="right")
    for kind in kinds:
        table.add_column(kind.value, justify="right")
    for each in {row.baseline.id: row.baseline for row in rows if row.baseline}.values():
        blank = [""] * (len(names) - 1)
        table.add_row("baseline", *blank, *_figures(each, kinds), style="bold")
    for point in points:
        label = [point.params.get(name, "") for name in names] or [point.name]
        table.add_row(*map(escape, label), *_figures(point, kinds))
    return table


def _figures(record: Record, kinds: Sequence[Target]) -> list[str]:
    sparsity = record.metrics.get("sparsity")
    cells = ["-" if sparsity is None else f"{sparsity:.4f}"]
    for kind in kinds:
        figures = record.metrics
        if f"zip_bytes/{kind}" in figures:
            accuracy, size = figures[f"accuracy/{kind}"], figures[f"zip_bytes/{kind}"]
            cells.append(f"{accuracy:.2%} {size:,.0f} {figures[f'zip_ratio/{kind}']:.1f}x")
        else:
            cells.append("failed" if record.status == "FAILED" else "-")
    return cells


def _decision(store: Store, rows: Sequence[Row], max_drop: float) -> str:
    points = f"{max_drop * 100:g} point{'' if max_drop == 0.01 else 's'}"
    limit = f"{points} of the baseline's validation accuracy"
    pick = report.smallest(rows, max_drop)
    if pick:
        return f"Smallest file within {limit}: {_described(store, pick)}"
    nearest = report.closest(rows)
    if nearest:
        lost = f"loses {nearest.validation_drop * 100:.2f} points"
        return f"No file is within {limit}; the closest {lost}: {_described(store, nearest)}"
    return "No point has a file to ship."


def _described(store: Store, pick: Pick) -> str:
    path = store.local_file(pick.point, f"models/{pick.target.file_name}")
    return (
        f"{path} ({pick.point.name}): {pick.zip_bytes:,.0f} bytes zipped, "
        f"{pick.zip_ratio:.1f} times smaller, test accuracy {pick.accuracy:.2%}"
    )
