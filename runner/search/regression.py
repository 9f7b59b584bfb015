"""Predict a figure of settings from those that were tried, with what it may be off."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import ndtr

from runner.search.features import Features, Matrix

# What is known of a level before anything was tried: next to nothing.
_LEVEL = 2.0
Places = NDArray[np.int64]
# Less of the whole says nothing.
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True)
class Slope:
    """What is expected of a figure when a feature grows by one: so much, give or take."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Prior:
    """What is expected of a figure before anything was tried.

    Attributes:
        slopes: by feature.
        other: of every other feature.
        curves: how far the figure may leave a straight line, each as likely as the others.
        lengths: over how much of a feature it does so.
        noise: how far it is off when the same is tried again with another seed.
    """

    slopes: Mapping[str, Slope]
    other: Slope
    curves: Sequence[float]
    lengths: Sequence[float]
    noise: Sequence[float]


class Regression:
    """A straight line, whose slopes are roughly known, and a Gaussian process around it.

    Its curves, lengths and noise are not chosen but averaged over, each by how well it explains
    what was tried: with few tries, the best one would promise too much.

    Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, algorithm 2.1
    and chapters 2.7 and 5.2. scikit-learn's takes seven times as long for the few settings of a
    search, each of which is forecast anew after every try.
    """

    def __init__(self, features: Features, prior: Prior) -> None:
        """Take the features of all settings, and what is expected."""
        slopes = [prior.slopes.get(name, prior.other) for name in features.names]
        deviations = np.asarray([slope.deviation for slope in slopes])
        self._line = features.matrix @ np.asarray([slope.mean for slope in slopes])
        # In units in which every slope is as uncertain as the others.
        self._inputs: Matrix = features.matrix * deviations
        self._matrix, self._prior = features.matrix, prior

    def predict(self, places: Sequence[int], figures: Sequence[float]) -> "Prediction":
        """Predict the figure of every setting.

        Args:
            places: the settings that were tried.
            figures: what came of them.
        """
        if not places:
            mean = self._line[None] - self._line.mean()
            far = np.sqrt(_LEVEL**2 + (self._inputs**2).sum(axis=1))
            return Prediction(mean, far[None], np.ones(1))
        parts = list(self._parts(np.asarray(places), np.asarray(figures, float)))
        evidence = np.asarray([part[2] for part in parts])
        weights = np.exp(evidence - evidence.max())
        weights /= weights.sum()
        kept = [index for index, weight in enumerate(weights) if weight >= _LEAST_WEIGHT]
        means, deviations = (np.asarray([parts[index][i] for index in kept]) for i in (0, 1))
        return Prediction(means, deviations, weights[kept] / weights[kept].sum())

    def _parts(self, places: Places, figures: Matrix) -> Iterator[tuple[Matrix, Matrix, float]]:
        """Yield the means, the deviations and the evidence of each curve, length and noise."""
        prior, rest = self._prior, figures - self._line[places]
        level = _LEVEL**2 + self._inputs @ self._inputs[places].T
        own = _LEVEL**2 + (self._inputs**2).sum(axis=1)
        for length in prior.lengths:
            bend = self._likeness(places, length)
            for curve, noise in itertools.product(prior.curves, prior.noise):
                alike = level + curve**2 * bend
                mean, spread, evidence = _process(alike, alike[places], rest, noise)
                variance = np.maximum(own + curve**2 - spread, 0.0) + noise**2
                yield mean + self._line, np.sqrt(variance), evidence

    def _likeness(self, places: Places, length: float) -> Matrix:
        """Tell how near each setting is to those that were tried, shape (settings, tried)."""
        apart = (self._matrix[:, None] - self._matrix[places]) / length
        return np.asarray(np.exp(-0.5 * (apart**2).sum(axis=2)))


def _process(
    alike: Matrix, tried: Matrix, rest: Matrix, noise: float
) -> tuple[Matrix, Matrix, float]:
    """Return what is expected, how much less uncertain that is, and the evidence."""
    root = np.linalg.cholesky(tried + noise**2 * np.eye(len(tried)))
    half = solve_triangular(root, rest, lower=True)
    known = solve_triangular(root, alike.T, lower=True)
    evidence = -0.5 * half @ half - np.log(np.diag(root)).sum()
    return half @ known, (known**2).sum(axis=0), float(evidence)


@dataclass(frozen=True)
class Prediction:
    """A figure of every setting, if it were tried now: a mixture of normal distributions.

    Attributes:
        means: shape (parts, settings).
        deviations: the same.
        weights: shape (parts,); their sum is 1.
    """

    means: Matrix
    deviations: Matrix
    weights: Matrix

    @property
    def mean(self) -> Matrix:
        """What is expected, shape (settings,)."""
        return np.asarray(self.weights @ self.means)

    def chance_below(self, limit: float | Matrix) -> Matrix:
        """Return how likely the figure is below a limit, from 0 to 1, shape (settings,).

        Args:
            limit: one for all settings, or shape (settings,).
        """
        return np.asarray(self.weights @ ndtr((limit - self.means) / self.deviations))

    def expected_below(self, limit: float) -> Matrix:
        """Return by how much the figure is expected to be below a limit, shape (settings,).

        Where it is above the limit, that counts as nothing.
        """
        units = (limit - self.means) / self.deviations
        density = np.exp(-0.5 * units**2) / np.sqrt(2 * np.pi)
        return np.asarray(self.weights @ (self.deviations * (units * ndtr(units) + density)))
