"""Judge files together that come from points which differ in nothing but their seed."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from runner.results.file import File
from runner.results.rows import SEED, seed_of
from runner.statistics.certainty import Certainty
from runner.statistics.repeats import ENOUGH, Repeats
from runner.tracking import Record

_ACCURACIES = {"validation": "validation_accuracy", "test": "accuracy"}


@dataclass(frozen=True)
class Candidate:
    """One kind of file at one setting, with a file for each seed.

    Attributes:
        files: at least one, the smallest drop of validation accuracy first.
        confidence: of the intervals, from 0 to 1.
    """

    files: tuple[File, ...]
    confidence: float

    @classmethod
    def of(cls, files: Sequence[File], confidence: float) -> "Candidate":
        """Judge files; the intervals hold with this confidence, from 0 to 1."""
        return cls(tuple(sorted(files, key=lambda file: file.validation_drop)), confidence)

    # Intervals take a millisecond, and of thousands of files only a few are asked for theirs.
    @functools.cached_property
    def validation(self) -> Repeats | None:
        """How far accuracies on the validation images are below those of the baselines.

        None where nobody knows how many images there are.
        """
        return _repeats(self.files, "validation", self.confidence)

    @functools.cached_property
    def test(self) -> Repeats | None:
        """The same on the test images."""
        return _repeats(self.files, "test", self.confidence)

    @property
    def file(self) -> File:
        """The file to ship: the median seed's, and of two in the middle the one that drops more."""
        return self.files[len(self.files) // 2]

    @property
    def drop(self) -> float:
        """Mean drop of validation accuracy, from -1 to 1."""
        return mean(file.validation_drop for file in self.files)

    @property
    def validation_accuracy(self) -> float:
        """Mean validation accuracy, from 0 to 1."""
        return mean(file.validation_accuracy for file in self.files)

    @property
    def accuracy(self) -> float:
        """Mean test accuracy, from 0 to 1."""
        return mean(file.accuracy for file in self.files)

    @property
    def most_drop(self) -> float | None:
        """The most that validation accuracy drops, with confidence; None where it is not known."""
        if self.validation is None:
            return None
        each = self.validation.intervals if len(self.files) < ENOUGH else ()
        return max(interval.high for interval in (self.validation.interval, *each))

    def certainty(self, max_drop: float) -> Certainty | None:
        """Tell whether the drop of validation accuracy is within a limit; None: not measured."""
        return self.validation.certainty(max_drop) if self.validation else None


def name_of(records: Sequence[Record]) -> str:
    """Name what the runs have in common; of one run, its own name."""
    first, seeds = records[0], len(records)
    if seeds == 1:
        return first.name
    words = [word for word in first.name.split(" ") if word != f"{SEED}={seed_of(first)}"]
    return ", ".join(filter(None, [" ".join(words), f"mean of {seeds} seeds"]))


def _repeats(files: Sequence[File], split: str, confidence: float) -> Repeats | None:
    pairs = [file.pairs for file in files if file.pairs]
    if len(pairs) == len(files) and len({each.data for each in pairs}) == 1:
        return Repeats.of([getattr(each, split) for each in pairs], confidence)
    counts = [_counts(file, split, file.images) for file in files if file.images]
    return Repeats.of_counts(counts, confidence) if len(counts) == len(files) else None


def _counts(file: File, split: str, images: tuple[int, int]) -> tuple[int, int, int]:
    """Return how many images the dense model gets right, and the file, and how many there are."""
    metric, total = _ACCURACIES[split], images[split == "test"]
    shares = file.dense.metrics[f"{metric}/h5"], file.point.metrics[f"{metric}/{file.target}"]
    dense, own = (round(share * total) for share in shares)
    return dense, own, total
