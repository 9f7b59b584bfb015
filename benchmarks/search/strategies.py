"""Make each of the strategies that are set beside each other."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, TPESampler

from benchmarks.search.grid import Grid
from benchmarks.search.orders import FixedOrder
from benchmarks.search.patience import Patience
from benchmarks.search.samplers import SamplerOrder
from benchmarks.search.strategy import Proposer, Strategy
from runner.search.forecast import Forecaster
from runner.search.search import Search
from runner.search.smallest_file import SmallestFile

GP = "gp"
# Of a grid, a limit on the drop of accuracy, and a seed.
_Maker = Callable[[Grid, float, int], Strategy]


def _adaptive(grid: Grid, limit: float, seed: int) -> Strategy:
    goal = SmallestFile(grid.settings, limit)
    return Search(grid.settings, goal, Forecaster(grid.settings, limit), seed=seed)


def _patient(make: Callable[[Grid, float, int], Proposer]) -> _Maker:
    return lambda grid, limit, seed: Patience(make(grid, limit, seed), len(grid.settings), limit)


def _sampler(make: Callable[[Grid, int], BaseSampler], asks: int = 5) -> _Maker:
    return _patient(
        lambda grid, limit, seed: SamplerOrder(make(grid, seed), grid.settings, limit, seed, asks)
    )


def _genetic(grid: Grid, seed: int) -> BaseSampler:
    # A generation of Optuna's usual 50 is drawn at random, and is about as large as a grid.
    return NSGAIISampler(population_size=max(len(grid.settings) // 10, 2), seed=seed)


STRATEGIES: Mapping[str, _Maker] = {
    "adaptive": _adaptive,
    "grid": _patient(lambda grid, _limit, _seed: FixedOrder(grid.order)),
    "random": _patient(lambda grid, _limit, seed: FixedOrder.random(len(grid.settings), seed)),
    "tpe": _sampler(lambda _grid, seed: TPESampler(seed=seed)),
    "nsga2": _sampler(_genetic),
    # Asked again, it looks for the same maximum, which takes it 0.1 seconds.
    GP: _sampler(lambda _grid, seed: GPSampler(seed=seed), asks=1),
}


def has_torch() -> bool:
    """Tell whether Optuna's Gaussian process, which needs PyTorch, can be made here."""
    return find_spec("torch") is not None
