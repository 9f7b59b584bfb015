"""Print how far the stated chance that a choice keeps its limit is met on other images.

    RUNNER_DATA=FOLDER python -m runner +sweep=mnist tracking.uri=sqlite:////tmp/a/mlflow.db
    RUNNER_DATA=FOLDER python -m runner +sweep=mnist dataset=fashion_mnist \
        tracking.uri=sqlite:////tmp/b/mlflow.db
    python -m benchmarks.calibration /tmp/a /tmp/b [--draws 2000]

The newest sweep of the store in each folder is a table of answers: which of its validation and test
images every file classifies right. In each draw, a small part of these images, 100 to 1,000 of
them at random, takes the place of the validation images, and the others, the truth, that of all
images that the model will ever see. The smallest file of some of the points is chosen whose drop on
the part is within a limit. Then the chance that ways of judging state is compared with the truth:

- out of bag: choose on each resample of the part, judge on the images that it does not contain;
- original: choose on each resample, judge on the part;
- chosen again: choose on each resample, judge on a weighted resample of the part;
- chosen once: choose on the part, judge on weighted resamples of it, as the runner does.

A limit is drawn from 0 to 2 points: a fixed one asks each table a single question, whose answer is
yes or no. For the same reason, each draw takes some of the points only, and a second table of each
kind judges the files by the h5 file of any point, not by the baseline's.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.fixtures.sweep_folder import store_in
from runner.results.correct_rows import with_correct
from runner.results.lookup import find_sweep
from runner.results.rows import read
from runner.settings.targets import Target
from runner.statistics.paired import Bits, paired_ends
from runner.statistics.resampling import how_often_kept

PARTS = (100, 150, 200, 300, 500, 1000)
LARGEST_LIMIT = 0.02
RESAMPLES = 300
# Fewer draws say nothing of a tenth.
ENOUGH = 50
_ROUNDING = 1e-6

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Answers:
    """Which images the files of a sweep classify right, the smallest file first.

    Attributes:
        dense: of the h5 files, the baseline's first, shape (networks, images).
        files: of all files, shape (files, images).
        points: the point that each file is of.
    """

    dense: NDArray[np.bool_]
    files: NDArray[np.bool_]
    points: NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """A choice to make: by its part of the images, and by the others, which are the truth."""

    dense: Bits
    files: NDArray[np.bool_]
    limit: float
    confidence: float | None

    def drops(self, weights: Floats) -> Floats:
        """Return mean drops, shape (resamples, files), of weights (resamples, images)."""
        losses = self.dense.astype(np.float32) - self.files
        return np.asarray(weights @ losses.T / weights.sum(axis=1, keepdims=True), np.float32)

    def choose(self, weights: Floats) -> NDArray[np.int64]:
        """Return the first file that qualifies on each resample, -1 where none does."""
        if self.confidence is None:
            most = self.drops(weights)
        else:
            lost = weights @ (self.dense & ~self.files).T.astype(np.float32)
            gained = weights @ (self.files & ~self.dense).T.astype(np.float32)
            right = (weights @ self.dense.astype(np.float32))[:, None]
            neither = weights.sum(axis=1, keepdims=True) - right - gained
            _, high = paired_ends(right - lost, lost, gained, neither, self.confidence)
            most = high.astype(np.float32)
        qualify = most <= self.limit + _ROUNDING
        return np.where(qualify.any(axis=1), qualify.argmax(axis=1), -1)


def answers(folder: Path) -> Answers:
    """Read the newest sweep of the store in a folder; SystemExit where it has no answers."""
    store = store_in(folder.resolve())
    rows = with_correct(store, read(store, find_sweep(store, "latest"))).rows
    rows = tuple(row for row in rows if row.baseline_correct and Target.H5 in row.correct)
    if not rows:
        raise SystemExit(f"{folder}: its newest sweep does not say which images files get right")
    found = [
        (row.point.metrics[f"zip_bytes/{target}"], index, correct)
        for index, row in enumerate(rows)
        for target, correct in row.correct.items()
    ]
    found.sort(key=lambda file: file[0])
    networks = [rows[0].baseline_correct[Target.H5], *(row.correct[Target.H5] for row in rows)]
    dense = [np.append(each.validation, each.test) for each in networks]
    files = [np.append(each.validation, each.test) for _, _, each in found]
    return Answers(np.array(dense), np.array(files), np.array([index for _, index, _ in found]))


def ask(
    table: Answers, confidence: float | None, any_dense: bool, random: np.random.Generator
) -> tuple[Question, Question]:
    """Draw a question, and the same about the images that it does not contain."""
    points = len(table.dense) - 1
    some = random.choice(points, random.integers(min(3, points), points + 1), replace=False)
    files = table.files[np.isin(table.points, some)]
    dense = table.dense[random.integers(len(table.dense)) if any_dense else 0]
    images, size = random.permutation(len(dense)), int(random.choice(PARTS))
    part, rest = images[:size], images[size:]
    question = Question(dense[part], files[:, part], random.uniform(0, LARGEST_LIMIT), confidence)
    return question, replace(question, dense=dense[rest], files=files[:, rest])


def stated(question: Question, random: np.random.Generator) -> Iterator[tuple[str, float]]:
    """Yield each way of judging, and the share of resamples on which the choice kept the limit."""
    images, limit = len(question.dense), question.limit + _ROUNDING
    uniform = np.full(images, 1 / images)
    weights = random.multinomial(images, uniform, RESAMPLES).astype(np.float32)
    first = question.choose(weights)
    made = np.flatnonzero(first >= 0)
    if len(made):
        judges = {
            "out of bag": (weights == 0).astype(np.float32),
            "original": np.ones((RESAMPLES, images), np.float32),
            "chosen again": random.standard_exponential((RESAMPLES, images), np.float32),
        }
        for name, judge in judges.items():
            yield name, float(np.mean(question.drops(judge)[made, first[made]] <= limit))
    candidates = [[(question.dense, file)] for file in question.files]
    kept = how_often_kept(candidates, question.limit, question.confidence, RESAMPLES)
    yield "chosen once", kept.kept / kept.chosen


def main() -> None:
    """Print a table for each confidence and each choice of the dense network."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--draws", type=int, default=2000)
    arguments = parser.parse_args()
    tables = [answers(folder) for folder in arguments.folder]
    random = np.random.default_rng(0)
    for confidence in (None, 0.95):
        for any_dense in (False, True):
            met: dict[str, list[tuple[float, bool]]] = defaultdict(list)
            for draw in range(arguments.draws):
                table = tables[draw % len(tables)]
                question, truth = ask(table, confidence, any_dense, random)
                choice = question.choose(np.ones((1, len(question.dense)), np.float32))[0]
                if choice >= 0:
                    drops = truth.drops(np.ones((1, len(truth.dense)), np.float32))[0]
                    kept = bool(drops[choice] <= question.limit + _ROUNDING)
                    for name, share in stated(question, random):
                        met[name].append((share, kept))
            _print(met, confidence, any_dense)


def _print(
    met: dict[str, list[tuple[float, bool]]], confidence: float | None, any_dense: bool
) -> None:
    judged = "the h5 of any network" if any_dense else "the baseline's h5"
    by = "the drop" if confidence is None else f"the upper end of its {confidence:.0%} interval"
    print(f"\nChosen by {by}, judged by {judged}: stated, observed (draws)\n")
    print(f"| stated chance | {' | '.join(met)} |\n|---{'|---' * len(met)}|")
    for tenth in range(10):
        cells = (_cell([pair for pair in met[name] if _tenth(pair[0]) == tenth]) for name in met)
        print(f"| {tenth * 10} to {tenth * 10 + 10} % | {' | '.join(cells)} |")
    print(f"| all | {' | '.join(_cell(met[name]) for name in met)} |")


def _tenth(share: float) -> int:
    return min(int(share * 10), 9)


def _cell(pairs: Sequence[tuple[float, bool]]) -> str:
    if len(pairs) < ENOUGH:
        return f"({len(pairs)})"
    said, kept = np.mean(pairs, axis=0)
    return f"{said:.0%}, {kept:.0%} ({len(pairs):,})"


if __name__ == "__main__":
    main()
