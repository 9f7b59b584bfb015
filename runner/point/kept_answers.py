"""Compare which images the files of a kept result are said to classify right with their answers."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runner.data.dataset import Dataset
from runner.data.images import AnyImages
from runner.data.split import Split
from runner.measure.class_table import Classes
from runner.measure.correct_table import TABLE, Correct, correct_csv, read_correct
from runner.point import drop_figures
from runner.point.kept_devices import Untrue
from runner.settings.targets import Target
from runner.statistics.paired import Bits

Classifier = Callable[[AnyImages], Classes]

# Images of each split that are classified again.
_DRAWN = 400
# Share of them that another processor may answer otherwise, by rounding.
_OTHERWISE = 0.005


@dataclass(frozen=True)
class KeptAnswers:
    """The table of images that the files of a kept result classify right.

    Attributes:
        table: its text.
        figures: metrics of the point by their names.
        dense: which images the baseline's h5 file classifies right; None where nobody knows.
    """

    table: str
    figures: Mapping[str, float]
    dense: Correct | None

    def require_figures(self, targets: Sequence[Target], data: Dataset) -> None:
        """Require a table of just these files and images, from which their accuracies come.

        Raises:
            Untrue: it is another one, or a figure is not what comes from it.
        """
        if self._files.keys() != {*targets} or correct_csv(self._files) != self.table:
            raise Untrue(f"{TABLE} has other lines than the files")
        for target, file in self._files.items():
            sizes = len(data.validation.labels), len(data.test.labels)
            if (file.data, len(file.validation), len(file.test)) != (data.digest, *sizes):
                raise Untrue(f"{TABLE} is of other images")
            shares = {"accuracy": file.test, "validation_accuracy": file.validation}
            expected = {name: float(np.mean(bits)) for name, bits in shares.items()}
            self._require(target, {**expected, **self._drops(target, file)})

    def require_true(
        self, target: Target, run: Callable[[AnyImages], Classes], data: Dataset
    ) -> None:
        """Classify some images of each split again.

        Args:
            run: gives the file's class of each image.

        Raises:
            Untrue: the file answers otherwise.
        """
        file = self._files[target]
        for name, split, bits in (
            ("validation", data.validation, file.validation),
            ("test", data.test, file.test),
        ):
            others, drawn = _contradictions(run, split, bits)
            if others > _OTHERWISE * drawn:
                raise Untrue(
                    f"{TABLE}: of {drawn} {name} images drawn at random, "
                    f"{target} answers {others} otherwise"
                )

    @cached_property
    def _files(self) -> Mapping[Target, Correct]:
        return read_correct(self.table)

    def _drops(self, target: Target, file: Correct) -> Mapping[str, float | None]:
        """Return the drops that the bits make; a point that has none of them claims none."""
        claimed = any(f"{name}/{target}" in self.figures for name in drop_figures.NAMES)
        none = dict.fromkeys(drop_figures.NAMES)
        return {**none, **drop_figures.drop_figures(self.dense, file)} if claimed else {}

    def _require(self, target: Target, expected: Mapping[str, float | None]) -> None:
        for name, value in expected.items():
            claimed = self.figures.get(f"{name}/{target}")
            if claimed is None or value is None or not math.isclose(claimed, value, abs_tol=1e-9):
                one, other = (
                    "nothing" if each is None else f"{each:g}" for each in (claimed, value)
                )
                raise Untrue(f"{name}/{target} is {one}; {TABLE} makes it {other}")


def _contradictions(
    run: Callable[[AnyImages], Classes], split: Split, bits: Bits
) -> tuple[int, int]:
    """Return how many images are answered otherwise, and how many were drawn."""
    # Whoever made the file must not know which ones.
    drawn = np.sort(np.random.default_rng().permutation(len(split.labels))[:_DRAWN])
    right = run(split.images[drawn]) == split.labels[drawn]
    return int(np.count_nonzero(right != bits[drawn])), len(drawn)
