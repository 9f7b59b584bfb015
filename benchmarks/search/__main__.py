"""Replay searches on a sweep that was run whole, and print what they would have saved.

    python -m benchmarks.search SWEEP [--strategies NAME ...] [--drops SHARE ...]
        [--at-once N ...] [--seeds N]

Each search sees what came of a point once that has ended. Columns: the share of the grid's seconds
after which a file within 3 % of the grid's smallest is first found, and at which the search stops
by itself (the median over search seeds, and the 90th percentile); and how many searches end without
such a file. "never": most searches stop before they find one.

Strategies: adaptive (`+search=adaptive`), the grid's own order, random order, and Optuna's samplers
tpe, nsga2 and gp, with the size of the file as objective and the limit as constraint. All but
adaptive stop when a fifth of all settings were tried in a row without a smaller file.
"""

import argparse

from benchmarks.search.grid import Grid, read_grid
from benchmarks.search.replay import replay
from benchmarks.search.strategies import GP, STRATEGIES, has_torch
from benchmarks.search.table import heading, line
from runner.cli.command import add_sweep, enter, parser
from runner.cli.failure import DONE
from runner.errors import Refused
from runner.escaping.terminal import complain, say
from runner.tracking import Store

_NO_TORCH = f"{GP} needs PyTorch, which is not installed here (pip install torch)"


def main() -> None:
    """Read the sweep, replay the searches, and print the table."""
    made = parser("search", __doc__ or "", "the store failed")
    made.prog = "python -m benchmarks.search"
    add_sweep(made)
    made.add_argument(
        "--strategies", nargs="+", choices=[*STRATEGIES], metavar="NAME",
        help="which to replay; default: all",
    )  # fmt: skip
    made.add_argument("--seeds", type=int, default=50, metavar="N", help="searches of each kind")
    made.add_argument(
        "--drops", type=float, nargs="+", default=[0.005, 0.01, 0.02], metavar="SHARE",
        help="limits on the drop of validation accuracy",
    )  # fmt: skip
    made.add_argument(
        "--at-once", type=int, nargs="+", default=[1, 2, 16], metavar="N",
        help="how many points run side by side",
    )  # fmt: skip
    enter(made, _act, _check)


def _check(arguments: argparse.Namespace) -> None:
    for name, numbers in (("seeds", [arguments.seeds]), ("at-once", arguments.at_once)):
        if min(numbers) < 1:
            raise Refused(f"--{name}={min(numbers)}: must be at least 1")
    if GP in (arguments.strategies or ()) and not has_torch():
        raise Refused(f"--strategies={GP}: {_NO_TORCH}")


def _act(arguments: argparse.Namespace, store: Store) -> int:
    grid = read_grid(store, arguments.sweep)
    say(f"{len(grid.settings)} settings, {arguments.seeds} searches of each kind", "")
    if not arguments.strategies and not has_torch():
        complain(f"without {GP}: {_NO_TORCH}")
    say(*heading())
    for limit in arguments.drops:
        for at_once in arguments.at_once:
            for strategy in arguments.strategies or STRATEGIES:
                if strategy != GP or has_torch():
                    say(_line(grid, limit, at_once, strategy, arguments.seeds))
    return DONE


def _line(grid: Grid, limit: float, at_once: int, strategy: str, seeds: int) -> str:
    searches = (STRATEGIES[strategy](grid, limit, seed) for seed in range(seeds))
    replays = [replay(grid, search, at_once) for search in searches]
    return line(grid, limit, at_once, strategy, replays)


if __name__ == "__main__":
    main()
