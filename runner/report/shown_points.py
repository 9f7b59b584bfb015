"""Choose the points that a report shows in detail, and read their curves and layers."""

from collections.abc import Sequence

from runner.escaping.spreadsheet import csv_records
from runner.results.choice import File
from runner.results.rows import Row
from runner.tracking import Record, Store
from runner.tracking.texts import read_text

CURVES = ("loss", "val_accuracy", "epoch_sparsity")
# With more lines or columns a chart is illegible.
_LEGIBLE = 16

# A metric's values by step, and the lines of a layers.csv.
Curve = list[tuple[int, float]]
Layers = list[dict[str, str]]


def points_to_show(files: Sequence[File], rows: Sequence[Row]) -> list[Record]:
    """Choose the points, in the order of the rows: those of the files first, if there are many."""
    points = [row.point for row in rows if "sparsity" in row.point.metrics]
    ranked = dict.fromkeys([*(file.point.id for file in files), *(point.id for point in points)])
    best = list(ranked)[:_LEGIBLE]
    return [point for point in points if point.id in best]


def curves_of(store: Store, point: Record) -> dict[str, Curve]:
    """Read how the training of a point went, by the names of its metrics."""
    return {name: store.history(point, name) for name in CURVES if name in point.metrics}


def layers_of(store: Store, point: Record) -> Layers:
    """Read a point's table of layers; someone may have deleted the file."""
    return csv_records(read_text(store, point, "layers.csv"))
