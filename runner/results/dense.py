"""Find the dense baseline that a sweep's files are judged by, which has a run for each seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from runner.measure.correct_table import Correct
from runner.results.rows import Row, alike, seed_of
from runner.settings.targets import Target
from runner.statistics.chance import chance_warning
from runner.tracking import Record

_ACCURACY = f"validation_accuracy/{Target.H5}"


@dataclass(frozen=True)
class Dense:
    """Baselines that differ in nothing but their seed.

    Attributes:
        runs: by their seeds, at least one.
        correct: by the same, which images the h5 file gets right, where that was kept.
    """

    runs: Mapping[str, Record]
    correct: Mapping[str, Correct]

    @property
    def accuracy(self) -> float:
        """Mean validation accuracy of the h5 files, from 0 to 1."""
        return mean(map(validation_accuracy, self.runs.values()))

    @property
    def middle(self) -> Record:
        """The run of the median seed."""
        ordered = sorted(self.runs.values(), key=validation_accuracy)
        return ordered[(len(ordered) - 1) // 2]

    def seed(self, point: Record) -> str:
        """Return the seed whose run a point is judged by: its own, or else the median one."""
        own = seed_of(point)
        return own if own in self.runs else seed_of(self.middle)


def validation_accuracy(baseline: Record) -> float:
    """Return the validation accuracy of a baseline's h5 file."""
    return baseline.metrics[_ACCURACY]


def best_dense(rows: Sequence[Row]) -> Dense | None:
    """Return the baseline of the highest validation accuracy, on average over its seeds.

    One that lacks seeds which another has does not count: a seed is judged by its own baseline.

    Judged by its own baseline, a file would be the better the worse that baseline is. Seeds that
    are not above chance do not count, unless none is.
    """
    judged = [row for row in rows if row.baseline]
    above = [row for row in judged if row.baseline and not chance_warning(row.baseline.metrics)]
    groups: dict[object, list[Row]] = {}
    for row in above or judged:
        if row.baseline:
            groups.setdefault(alike(row.baseline), []).append(row)
    found = map(_dense, groups.values())
    return max(found, key=lambda dense: (len(dense.runs), dense.accuracy), default=None)


def _dense(rows: Sequence[Row]) -> Dense:
    runs: dict[str, Record] = {}
    correct: dict[str, Correct] = {}
    for row in rows:
        run = row.baseline
        if run is None:
            continue
        seed = seed_of(run)
        if seed not in runs or validation_accuracy(run) > validation_accuracy(runs[seed]):
            runs[seed] = run
            correct.pop(seed, None)
        if runs[seed].id == run.id and Target.H5 in row.baseline_correct:
            correct[seed] = row.baseline_correct[Target.H5]
    return Dense(runs, correct)
