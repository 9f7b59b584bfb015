"""Replay searches on a sweep that was run whole, and print what they would have saved.

    python -m benchmarks.search SWEEP [--seeds N] [--drops SHARE ...] [--at-once N ...]

Each search sees what came of a point once it has chosen it. Columns: the share of the grid's
seconds after which a file within 3 % of the grid's smallest is first found, and at which the search
stops by itself (the median over search seeds, and the 90th percentile); and how many searches end
with a file that is more than 3 % larger than the grid's.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runner.cli.command import add_sweep, enter, parser
from runner.cli.failure import DONE
from runner.results.choice import candidates
from runner.results.file_words import in_points
from runner.results.lookup import find_sweep
from runner.results.rows import alike, read, varying
from runner.search.forecast import Forecaster
from runner.search.search import Proposal, Search, Stop
from runner.search.setting import EPOCHS, Measured, Outcome, Setting, smallest
from runner.search.smallest_file import SmallestFile
from runner.tracking import Record, Store

_WITHIN = 1.03
_HEADING = (
    "limit", "at once", "found", "stopped", "90th percentile", "points", "more than 3 % larger",
)  # fmt: skip


@dataclass(frozen=True)
class _Grid:
    """All settings of a sweep, what came of them, and the seconds that each took."""

    settings: list[Setting]
    outcomes: list[Outcome]
    seconds: list[float]

    def size(self, places: Sequence[int], limit: float) -> float:
        file = smallest([self.outcomes[place] for place in places], limit)
        return file.size if file else math.inf

    def share(self, places: Sequence[int]) -> float:
        return sum(self.seconds[place] for place in places) / sum(self.seconds)


def main() -> None:
    """Read the sweep, replay the searches, and print the table."""
    made = parser("search", __doc__ or "", "the store failed")
    made.prog = "python -m benchmarks.search"
    add_sweep(made)
    made.add_argument("--seeds", type=int, default=50, metavar="N", help="searches of each kind")
    made.add_argument(
        "--drops", type=float, nargs="+", default=[0.005, 0.01, 0.02], metavar="SHARE",
        help="limits on the drop of validation accuracy",
    )  # fmt: skip
    made.add_argument(
        "--at-once", type=int, nargs="+", default=[1, 2, 16], metavar="N",
        help="how many points run side by side",
    )  # fmt: skip
    enter(made, _act)


def _act(arguments: argparse.Namespace, store: Store) -> int:
    grid = _read(store, arguments.sweep)
    print(f"{len(grid.settings)} settings, {arguments.seeds} searches of each kind\n")
    print(f"| {' | '.join(_HEADING)} |\n{'|---' * len(_HEADING)}|")
    for limit in arguments.drops:
        for at_once in arguments.at_once:
            orders = [_replay(grid, limit, at_once, seed) for seed in range(arguments.seeds)]
            print(f"| {' | '.join(_cells(grid, limit, at_once, orders))} |", flush=True)
    return DONE


def _read(store: Store, sweep: str) -> _Grid:
    results = read(store, find_sweep(store, sweep))
    names = varying([row.point for row in results.rows])
    rows = {alike(row.point): row.point for row in results.rows}
    found: dict[object, dict[str, Measured]] = {key: {} for key in rows}
    for each in candidates(results.rows):
        found[alike(each.file.point)][str(each.file.target)] = Measured(each.file.size, each.drop)
    return _Grid(
        [_setting(point, names) for point in rows.values()],
        [*found.values()],
        [point.metrics["seconds/total"] for point in rows.values()],
    )


def _setting(point: Record, names: Sequence[str]) -> Setting:
    values = {name: point.params[name] for name in names if name in point.params}
    return Setting(values, float(point.params[EPOCHS]))


def _replay(grid: _Grid, limit: float, at_once: int, seed: int) -> list[int]:
    """Return the places of what a search tries, in its order."""
    goal = SmallestFile(grid.settings, limit)
    search = Search(grid.settings, goal, Forecaster(grid.settings, limit), seed=seed)
    tried: dict[int, Outcome] = {}
    running: dict[int, float] = {}
    order: list[int] = []
    clock = 0.0
    while True:
        answer = search.next(tried, list(running)) if len(running) < at_once else Proposal(None)
        if isinstance(answer, Proposal) and answer.place is not None:
            running[answer.place] = clock + grid.seconds[answer.place]
            order.append(answer.place)
        elif running:
            place = min(running, key=running.__getitem__)
            clock = running.pop(place)
            tried[place] = grid.outcomes[place]
        elif isinstance(answer, Stop):
            return order


def _cells(grid: _Grid, limit: float, at_once: int, orders: Sequence[list[int]]) -> list[str]:
    best = grid.size(range(len(grid.settings)), limit)
    found = [_found(grid, limit, order, _WITHIN * best) for order in orders]
    shares = [grid.share(order) for order in orders]
    misses = sum(grid.size(order, limit) > _WITHIN * best for order in orders)
    return [
        in_points(limit),
        str(at_once),
        _percent(float(np.median(found))),
        _percent(float(np.median(shares))),
        _percent(float(np.quantile(shares, 0.9))),
        f"{np.median([len(order) for order in orders]):.0f}",
        f"{misses} of {len(orders)}",
    ]


def _found(grid: _Grid, limit: float, order: Sequence[int], size: float) -> float:
    """Return the share of the seconds until a file is found that is at most so large."""
    number = next(
        (n for n in range(1, len(order) + 1) if grid.size(order[:n], limit) <= size), len(order)
    )
    return grid.share(order[:number])


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


if __name__ == "__main__":
    main()
