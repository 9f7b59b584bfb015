"""Results of sweeps go in; everything that a report tells, read from the store once, comes out."""

import csv
import functools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.results import choice
from runner.results.choice import File, Limits
from runner.results.decision import Decision, decide
from runner.results.pareto import pareto
from runner.results.rows import Results, Row, by_data
from runner.tracking import Record, Store, StoreFailed

CURVES = ("loss", "val_accuracy", "epoch_sparsity")
# More lines in one picture, or columns in another, cannot be told apart.
_LEGIBLE = 16

# A metric's values by step, and the lines of a layers.csv.
Curve = list[tuple[int, float]]
Layers = list[dict[str, str]]


@dataclass(frozen=True)
class Findings:
    """What one sweep came to, or several side by side."""

    store: Store
    sweeps: tuple[Results, ...]
    decisions: tuple[tuple[Results, Decision], ...]
    parts: tuple[tuple[Row, ...], ...]
    front: tuple[File, ...]
    shown: tuple[Record, ...]
    curves: Mapping[str, Mapping[str, Curve]]
    layers: Mapping[str, Layers]

    @functools.cached_property
    def rows(self) -> list[Row]:
        """All rows, sweep after sweep."""
        return [row for results in self.sweeps for row in results.rows]

    @property
    def picks(self) -> list[File]:
        """The files to ship: one for each sweep and data set where one is fit."""
        return [decision.file for _, decision in self.decisions if decision.file]

    def sweep_of(self, point: Record) -> str:
        """Name the sweep of a point where there are several, else nothing."""
        return "" if len(self.sweeps) == 1 else self._sweeps[point.id]

    @functools.cached_property
    def labels(self) -> list[str]:
        """Tell the sweeps apart: by name, and where two have one name, by the run's too."""
        names = [each.name for each in self.sweeps]
        return [
            name if names.count(name) == 1 else f"{name} {each.sweep.id[:6]}"
            for name, each in zip(names, self.sweeps, strict=True)
        ]

    @functools.cached_property
    def _sweeps(self) -> Mapping[str, str]:
        """The label of the sweep of each point, by the point's run."""
        labelled = zip(self.labels, self.sweeps, strict=True)
        return {row.point.id: label for label, each in labelled for row in each.rows}


def gather(store: Store, sweeps: Sequence[Results]) -> Findings:
    """Decide for each sweep by its own limit, and read what the pictures show.

    Raises:
        StoreFailed: the store does not answer.
    """
    decisions = [
        (each, decision) for each in sweeps for decision in decide(each.rows, Limits(each.max_drop))
    ]
    rows = [row for each in sweeps for row in each.rows]
    parts = by_data(rows)
    front = [file for part in parts for file in pareto(choice.files(part))]
    shown = _shown([*(each.file for _, each in decisions if each.file), *front], rows)
    return Findings(
        store=store,
        sweeps=tuple(sweeps),
        decisions=tuple(decisions),
        parts=tuple(tuple(part) for part in parts),
        front=tuple(front),
        shown=tuple(shown),
        curves={point.id: _curves(store, point) for point in shown},
        layers={point.id: _layers(store, point) for point in shown},
    )


def _shown(files: Sequence[File], rows: Sequence[Row]) -> list[Record]:
    """Choose the points to show in detail, in the order of the rows: the best ones if too many."""
    points = [row.point for row in rows if "sparsity" in row.point.metrics]
    ranked = dict.fromkeys([*(file.point.id for file in files), *(each.id for each in points)])
    best = list(ranked)[:_LEGIBLE]
    return [point for point in points if point.id in best]


def _curves(store: Store, point: Record) -> dict[str, Curve]:
    return {name: store.history(point, name) for name in CURVES if name in point.metrics}


def _layers(store: Store, point: Record) -> Layers:
    """Read what a point was measured to be layer by layer; someone may have deleted the file."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = store.fetch(point, "layers.csv", Path(folder))
            return list(csv.DictReader(path.read_text().splitlines()))
    except (StoreFailed, OSError):
        return []
