"""Replay a search on a grid: it sees what came of a point once that has ended."""

import math
from dataclasses import dataclass, field

from threadpoolctl import threadpool_limits

from benchmarks.search.grid import Grid
from benchmarks.search.strategy import Strategy
from runner.search.search import Proposal, Stop
from runner.search.setting import Outcome


@dataclass
class Replay:
    """How a search went.

    Attributes:
        starts: by place, the second in which each point began, in this order.
        ends: by place, the second in which each ended, in this order.
    """

    grid: Grid
    starts: dict[int, float] = field(default_factory=dict)
    ends: dict[int, float] = field(default_factory=dict)

    def share(self, until: float = math.inf) -> float:
        """Return the work up to a second, as a share of the grid's."""
        worked = [min(self.ends[place], until) - start for place, start in self.starts.items()]
        return sum(max(seconds, 0.0) for seconds in worked) / sum(self.grid.seconds)

    def found(self, size: float, limit: float) -> float:
        """Return the work until there is a file of at most so many bytes; infinite if never."""
        for place, second in self.ends.items():
            if self.grid.size([place], limit) <= size:
                return self.share(second)
        return math.inf


def replay(grid: Grid, strategy: Strategy, at_once: int) -> Replay:
    """Replay a search until it stops by itself, with so many points side by side."""
    # As in a sweep: for matrices of a few dozen rows, threads only wait for each other.
    with threadpool_limits(1):
        return _replay(grid, strategy, at_once)


def _replay(grid: Grid, strategy: Strategy, at_once: int) -> Replay:
    went = Replay(grid)
    tried: dict[int, Outcome] = {}
    running: dict[int, float] = {}
    clock = 0.0
    while True:
        answer = strategy.next(tried, list(running)) if len(running) < at_once else Proposal(None)
        if isinstance(answer, Proposal) and answer.place is not None:
            went.starts[answer.place] = clock
            running[answer.place] = clock + grid.seconds[answer.place]
        elif running:
            place = min(running, key=running.__getitem__)
            clock = went.ends[place] = running.pop(place)
            tried[place] = grid.outcomes[place]
        elif isinstance(answer, Stop):
            return went
