"""Read which answers a file gives to the test images of each class."""

from dataclasses import dataclass
from typing import Any

from runner.escaping.spreadsheet import csv_lines
from runner.results.choice import File
from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.texts import read_text


@dataclass(frozen=True)
class Confusion:
    """Counts of test images: a row for each class, a column for each answer, in one order."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confusion(store: Store, run: Record, target: Target) -> Confusion | None:
    """Read the answers of one file of a run; None for runs of earlier versions."""
    lines = csv_lines(read_text(store, run, f"confusion/{target}.csv"))
    if not lines:
        return None
    counts = tuple(tuple(int(count) for count in line[1:]) for line in lines[1:])
    return Confusion(tuple(lines[0][1:]), counts)


def confusion_values(store: Store, file: File, baseline: Record | None) -> dict[str, Any]:
    """Return the answers of a file, and of its baseline's h5 file, as lists of rows."""
    runs = {"baseline": (baseline, Target.H5), "file": (file.point, file.target)}
    found = {name: confusion(store, run, target) for name, (run, target) in runs.items() if run}
    counts = {name: [*map(list, answers.counts)] for name, answers in found.items() if answers}
    return {"confusion": counts} if counts else {}
