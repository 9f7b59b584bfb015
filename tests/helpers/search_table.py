"""Make up what every setting of a sweep comes to, as networks behave, to search in."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from runner.search.forecast import Forecaster, information
from runner.search.search import Proposal, Search, Stop
from runner.search.setting import EPOCHS, SPARSITY, Measured, Outcome, Setting, smallest
from runner.search.smallest_file import SmallestFile

_SPARSITIES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98)
_EPOCHS = (1, 2, 4, 8)
_INITIAL = (0.0, 0.25, 0.5)


@dataclass(frozen=True)
class Table:
    """All settings of a sweep, and what each of them comes to."""

    settings: list[Setting]
    outcomes: dict[int, Outcome]

    @property
    def cost(self) -> float:
        """The epochs of all settings, and one more for each."""
        return sum(1 + setting.epochs for setting in self.settings)

    def best(self, limit: float) -> float:
        """Return the bytes of the smallest file within a limit; infinite where there is none."""
        return size_of(self.outcomes, limit)


@dataclass(frozen=True)
class Searched:
    """How a search went: what it tried, in order, and why it stopped."""

    order: list[int]
    stop: Stop


def size_of(outcomes: Mapping[int, Outcome], limit: float) -> float:
    """Return the bytes of the smallest file within a limit; infinite where there is none."""
    file = smallest(list(outcomes.values()), limit)
    return file.size if file else math.inf


def table(seed: int, halvings: float = 3.2) -> Table:
    """Draw a table.

    Args:
        halvings: of the weights, after which one epoch leaves a drop of a point.
    """
    draw = np.random.default_rng(seed)
    settings: list[Setting] = []
    outcomes: dict[int, Outcome] = {}
    for sparsity in _SPARSITIES:
        for epochs in _EPOCHS:
            for initial in _INITIAL:
                far = -math.log2(1 - sparsity) - halvings - 0.35 * math.log2(epochs)
                drop = 0.01 * 2.6 ** (far + 0.2 * initial) - 0.003 + 0.002 * draw.standard_normal()
                values = {SPARSITY: sparsity, EPOCHS: epochs, "schedule.initial_sparsity": initial}
                names = {name: str(value) for name, value in values.items()}
                outcomes[len(settings)] = {
                    kind: Measured(
                        2000 + 33000 * information(sparsity, kind) * draw.normal(1, 0.003),
                        min(drop, 0.9) + 0.0005 * draw.standard_normal(),
                    )
                    for kind in ("h5", "tflite_int8")
                }
                settings.append(Setting(names, epochs))
    return Table(settings, outcomes)


def make_search(found: Table, limit: float, seed: int = 0) -> Search:
    """Make a search for the smallest file."""
    settings = found.settings
    goal = SmallestFile(settings, limit)
    return Search(settings, goal, Forecaster(settings, limit), seed=seed)


def search(
    found: Table, search: Search, at_once: int = 1, fails: Callable[[int], bool] = lambda _: False
) -> Searched:
    """Search a table, with so many settings being tried at once; the oldest one ends first."""
    tried: dict[int, Outcome] = {}
    pending: list[int] = []
    order: list[int] = []
    while True:
        answer = search.next(tried, pending)
        if isinstance(answer, Proposal) and answer.place is not None and len(pending) < at_once:
            pending.append(answer.place)
            order.append(answer.place)
        elif pending:
            place = pending.pop(0)
            tried[place] = {} if fails(place) else found.outcomes[place]
        elif isinstance(answer, Stop):
            return Searched(order, answer)
