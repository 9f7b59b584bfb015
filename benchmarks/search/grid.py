"""Read a sweep that was run whole: all of its settings, and what came of each."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runner.errors import Refused
from runner.results.choice import candidates
from runner.results.lookup import find_sweep
from runner.results.rows import Row, alike, read, varying
from runner.search.setting import EPOCHS, Measured, Outcome, Setting, smallest
from runner.tracking import Record, Store

_SECONDS = "seconds/total"


@dataclass(frozen=True)
class Grid:
    """All settings of a sweep, and what came of each.

    Attributes:
        seconds: that each took; of all of its seeds.
        order: their places, in the order in which the sweep began them.
    """

    settings: list[Setting]
    outcomes: list[Outcome]
    seconds: list[float]
    order: list[int]

    def size(self, places: Iterable[int], limit: float) -> float:
        """Return the bytes of the smallest file within a limit; infinite where there is none."""
        file = smallest([self.outcomes[place] for place in places], limit)
        return file.size if file else math.inf


def read_grid(store: Store, name: str) -> Grid:
    """Read a sweep.

    Raises:
        Refused: there is none of this name, or it has points that are not finished.
        StoreFailed: the store does not answer.
    """
    results = read(store, find_sweep(store, name))
    finished = sum(row.point.status == "FINISHED" for row in results.rows)
    if finished < max(results.planned, len(results.rows), 1):
        raise Refused(
            f"SWEEP={name}: must be a sweep that was run whole; {finished} of its "
            f"{results.planned} points are finished"
        )
    groups: dict[object, list[Record]] = {}
    for row in results.rows:
        groups.setdefault(alike(row.point), []).append(row.point)
    names = varying([row.point for row in results.rows])
    outcomes = _outcomes(results.rows)
    starts = [min(point.started for point in group) for group in groups.values()]
    return Grid(
        [_setting(group[0], names) for group in groups.values()],
        [outcomes.get(key, {}) for key in groups],
        [sum(point.metrics[_SECONDS] for point in group) for group in groups.values()],
        sorted(range(len(starts)), key=starts.__getitem__),
    )


def _outcomes(rows: Sequence[Row]) -> Mapping[object, Outcome]:
    found: dict[object, dict[str, Measured]] = {}
    for each in candidates(rows):
        files = found.setdefault(alike(each.file.point), {})
        files[str(each.file.target)] = Measured(each.file.size, each.drop)
    return found


def _setting(point: Record, names: Sequence[str]) -> Setting:
    values = {name: point.params[name] for name in names if name in point.params}
    return Setting(values, float(point.params[EPOCHS]))
