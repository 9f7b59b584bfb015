"""Print what replays came to: a line for each strategy, limit, and number of points at once."""

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.search.grid import Grid
from benchmarks.search.replay import Replay
from runner.results.file_words import in_points

# So far above the bytes of the grid's own smallest file.
_WITHIN = 1.03
_HEADING = (
    "limit", "at once", "strategy", "found", "stopped", "90th percentile", "points",
    "more than 3 % larger",
)  # fmt: skip


def heading() -> list[str]:
    """Return the lines above the table's own."""
    return [f"| {' | '.join(_HEADING)} |", "|---" * len(_HEADING) + "|"]


def line(grid: Grid, limit: float, at_once: int, strategy: str, replays: Sequence[Replay]) -> str:
    """Return the line for replays that differ in nothing but their seed."""
    best = grid.size(range(len(grid.settings)), limit)
    found = [each.found(_WITHIN * best, limit) for each in replays]
    shares = [each.share() for each in replays]
    misses = sum(math.isinf(share) for share in found)
    cells = [
        in_points(limit),
        str(at_once),
        strategy,
        "nothing" if math.isinf(best) else _percent(_quantile(found, 0.5)),
        _percent(_quantile(shares, 0.5)),
        _percent(_quantile(shares, 0.9)),
        f"{np.median([len(each.ends) for each in replays]):.0f}",
        f"{misses} of {len(replays)}",
    ]
    return f"| {' | '.join(cells)} |"


def _quantile(shares: Sequence[float], share: float) -> float:
    # Between a number and none there is no number.
    return float(np.quantile(shares, share, method="higher"))


def _percent(share: float) -> str:
    return "never" if math.isinf(share) else f"{share * 100:.0f} %"
