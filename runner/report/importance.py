"""Say how much each setting of a sweep mattered for what its files came to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runner.report.contents import Contents
from runner.report.seed_group import SeedGroup, of_points
from runner.results.rows import SEED, number, sort_key, varying
from runner.settings.labels import short
from runner.settings.targets import Target

# Fewer points say nothing; of more, some are drawn, so that it takes about a second.
_ENOUGH, _MOST = 8, 1000
_TREES, _SHUFFLES = 64, 20


@dataclass(frozen=True)
class Importance:
    """How much the settings mattered for one figure.

    Attributes:
        of: the figure, in words.
        explained: share of its variance that the forest explains on points that each of its trees
            has not seen; at most 1.
        shares: by setting, the part of the variance that it has a hand in, alone or with others:
            mean, and standard deviation over the shuffles; the largest first.
    """

    of: str
    explained: float
    shares: tuple[tuple[str, float, float], ...]

    @property
    def words(self) -> str:
        """Say what the shares are, and how far they bear."""
        if self.explained <= 0:
            sure = "The settings explain nothing of it on points that were left out: chance."
        else:
            sure = (
                f"They explain {self.explained:.0%} of its variance on points that were left out."
            )
        return (
            f"Permutation importance in a random forest of {_TREES} trees: half of the squared "
            "error that shuffling a setting adds, as a share of the variance, with the standard "
            f"deviation over {_SHUFFLES} shuffles. Shares of settings that act together overlap. "
            f"{sure}"
        )


def importances(contents: Contents) -> tuple[str, list[Importance]]:
    """Return the kind of file that it is about, and what matters for its accuracy and bytes.

    By permutation importance (Breiman, Random forests, Machine Learning 45, 2001): a forest learns
    the figure from the settings, and each setting is shuffled among the points. Half of the error
    that this adds is the variance that the setting has a hand in (Gregorutti, Michel and
    Saint-Pierre, Statistics and Computing 27, 2017, on additive models). Nothing where there are
    too few points, or one setting only.
    """
    kinds = [file.target for file in contents.picks[:1]]
    target = kinds[0] if kinds else Target.H5
    groups = [
        each
        for each in of_points(contents.rows, contents.candidates)
        if each.target is target and contents.size(each.record, target) is not None
    ]
    names = [name for name in varying([each.record for each in groups]) if name != SEED]
    if len(groups) < _ENOUGH or len(names) < 2:
        return str(target), []
    drawn = np.random.default_rng(0).permutation(len(groups))[:_MOST]
    groups = [groups[place] for place in sorted(drawn)]
    sizes = [math.log(contents.size(each.record, target) or 1.0) for each in groups]
    figures = {
        "validation accuracy": [each.validation_accuracy for each in groups],
        contents.size_name: sizes,
    }
    values = _values(groups, names)
    found = (_importance(of, names, values, each) for of, each in figures.items())
    return str(target), [each for each in found if each]


def _values(groups: Sequence[SeedGroup], names: Sequence[str]) -> list[list[float]]:
    """Number the values of settings: numbers as they are, words by their order."""
    columns = []
    for name in names:
        texts = [group.record.params.get(name, "") for group in groups]
        order = {text: float(place) for place, text in enumerate(sorted({*texts}, key=sort_key))}
        plain = [number(text) for text in texts]
        known = all(each is not None and math.isfinite(each) for each in plain)
        columns.append(
            [each or 0.0 for each in plain] if known else [order[each] for each in texts]
        )
    return [list(row) for row in zip(*columns, strict=True)]


def _importance(
    of: str, names: Sequence[str], values: list[list[float]], figure: Sequence[float]
) -> Importance | None:
    """Fit a forest and shuffle; None where the figure is the same everywhere."""
    # Slow to import, and needed by reports only.
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    if max(figure) - min(figure) < 1e-9:
        return None
    forest = RandomForestRegressor(
        _TREES, oob_score=True, max_features=1.0, min_samples_leaf=1, random_state=0
    )
    forest.fit(values, figure)
    found = permutation_importance(forest, values, figure, n_repeats=_SHUFFLES, random_state=0)
    labels = [short(names)[name] for name in names]
    shares = zip(labels, found.importances_mean, found.importances_std, strict=True)
    ranked = sorted(((name, float(mean) / 2, float(std) / 2) for name, mean, std in shares),
                    key=lambda share: -share[1])  # fmt: skip
    return Importance(of, float(forest.oob_score_), tuple(ranked))
