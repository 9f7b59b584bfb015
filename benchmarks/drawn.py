"""Real runs and a seed go in; runs like them, with drawn but plausible figures, come out.

Accuracy falls the faster the more is pruned, zipped bytes fall evenly, and each seed has its luck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.simulated import DENSE
from runner.settings.targets import Target

EPOCHS = 4
_ACCURACY = 0.96


@dataclass(frozen=True)
class Place:
    """Where in the grid of three settings a point lies, and in which sweep; a baseline in none."""

    initial: float
    final: float
    seed: int
    sweep: int = 0

    @property
    def params(self) -> Mapping[str, str]:
        """The settings that vary, as parameters of a run."""
        return {
            "schedule.initial_sparsity": str(self.initial),
            "schedule.final_sparsity": str(self.final),
            "seed": str(self.seed),
        }


def figures(place: Place) -> dict[str, float]:
    """Draw every figure that a point, or with no sparsity a baseline, has once."""
    draw = _generator(place)
    found: dict[str, float] = {}
    for target in DENSE:
        found |= {f"{name}/{target}": value for name, value in _file(place, target, draw).items()}
    return found | {
        "sparsity": place.final,
        "sparsity_error": float(draw.normal(0, 0.001)),
        "seconds/training": float(draw.uniform(2, 3)),
        "seconds/total": float(draw.uniform(4, 6)),
    }


def history(place: Place) -> Mapping[str, Sequence[float]]:
    """Draw what a point has by epoch."""
    draw = _generator(place)
    done = np.arange(1, EPOCHS + 1) / EPOCHS
    accuracy = _accuracy(place) - 0.02 * (1 - done) + draw.normal(0, 0.002, EPOCHS)
    values = {
        "loss": 4 * (1 - accuracy),
        "train_accuracy": accuracy,
        "val_loss": 4.2 * (1 - accuracy),
        "val_accuracy": accuracy + draw.normal(0, 0.002, EPOCHS),
        "epoch_sparsity": place.final - (place.final - place.initial) * (1 - done) ** 3,
    }
    return {name: each.tolist() for name, each in values.items()}


def _file(place: Place, target: Target, draw: np.random.Generator) -> Mapping[str, float]:
    dense = DENSE[target]
    zipped = round(dense * (1 - 0.87 * place.final) * draw.normal(1, 0.01))
    accuracy = _accuracy(place) + draw.normal(0, 0.001)
    values = {
        "size_bytes": round(dense * 1.06),
        "zip_bytes": zipped,
        "zip_ratio": DENSE[Target.H5] / zipped,
        "accuracy": accuracy,
        "validation_accuracy": accuracy + draw.normal(0, 0.001),
        "accuracy_drop": _ACCURACY - accuracy,
        "agreement": 1 - abs(draw.normal(0, 0.001)),
    }
    if target is not Target.H5:
        median = draw.normal(0.01, 0.0002)
        values |= {"latency_ms": median, "latency_p90_ms": median * 1.1}
    return {name: float(value) for name, value in values.items()}


def _accuracy(place: Place) -> float:
    luck = np.random.default_rng(place.seed).normal(0, 0.003)
    return float(_ACCURACY + luck - 0.1 * place.final**12 - 0.01 * place.initial)


def _generator(place: Place) -> np.random.Generator:
    thousandths = int(place.initial * 1000), int(place.final * 1000)
    return np.random.default_rng([*thousandths, place.seed, place.sweep])
