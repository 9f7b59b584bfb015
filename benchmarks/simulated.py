"""A mix of noise and a seed go in; nights of a sweep of 12 points, with drawn figures, come out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runner.nightly.history.records import FINISHED, File, Night, NightPoint, NightSweep, Pick
from runner.settings.targets import Target

SWEEP = "simulated"
# Of mnist_cnn on MNIST: zipped bytes of the dense files, and the accuracy of its baseline.
DENSE = {
    Target.H5: 77_953,
    Target.TFLITE_FLOAT32: 77_150,
    Target.TFLITE_FLOAT16: 39_315,
    Target.TFLITE_DYNAMIC: 19_414,
    Target.TFLITE_INT8: 19_295,
}
_BASELINE = 0.9633
_MAX_DROP = 0.01
# Final sparsity and accuracy; every other point trains longer, and starts elsewhere.
_POINTS = [(0.6, 0.975), (0.8, 0.967), (0.9, 0.947), (0.6, 0.978), (0.8, 0.974), (0.9, 0.957)] * 2
_IMAGES = 10_000
_SECONDS = 9.0


@dataclass(frozen=True)
class Mix:
    """How far figures vary by seed: in common over a night, and each point by itself.

    Accuracies by so many times a quarter of a point, zipped bytes 0.3 %, seconds 8 %.
    """

    name: str
    common: float
    own: float


MIXES = (
    Mix("common to all points", 1.0, 0.0),
    Mix("half common, half of each point", 0.5**0.5, 0.5**0.5),
    Mix("of each point by itself", 0.0, 1.0),
)


@dataclass(frozen=True)
class Simulated:
    """A night, and the validation accuracy of its baseline, by which the pick is chosen."""

    night: Night
    standard: float

    @property
    def sweep(self) -> NightSweep:
        """The one sweep of it."""
        return self.night.sweeps[SWEEP]

    def having(self, points: Sequence[NightPoint]) -> "Simulated":
        """Return the night with other points, and the pick of these."""
        by_name = {point.name: point for point in points}
        sweep = NightSweep(SWEEP, by_name, _pick(points, self.standard))
        return replace(self, night=replace(self.night, sweeps={SWEEP: sweep}))

    def changed(
        self, change: Callable[[File], File], point: str | None = None, target: str | None = None
    ) -> "Simulated":
        """Return the night with other figures: of all files, or those of a point or a target."""
        points = [
            replace(
                each,
                files={
                    name: change(file) if target in (None, name) else file
                    for name, file in each.files.items()
                },
            )
            if point in (None, each.name)
            else each
            for each in self.sweep.points.values()
        ]
        return self.having(points)


def draw(count: int, mix: Mix, generator: np.random.Generator) -> list[Simulated]:
    """Draw clean nights."""
    return [_night(f"night {number}", mix, generator) for number in range(count)]


def _night(name: str, mix: Mix, generator: np.random.Generator) -> Simulated:
    common = mix.common * generator.normal(size=3)
    own = mix.own * generator.normal(size=(len(_POINTS), 3))
    luck = common + own
    points = []
    for index, (sparsity, accuracy) in enumerate(_POINTS):
        accuracy_luck, zip_luck, time_luck = luck[index]
        level = accuracy + 0.0025 * accuracy_luck - 0.001 * (index >= 6)
        shrunk = (1 - 0.87 * sparsity) * (1 + 0.003 * zip_luck)
        files = {str(target): _file(target, level, shrunk, generator) for target in DENSE}
        seconds = float(_SECONDS * (1 + 0.08 * time_luck))
        points.append(NightPoint(f"point {index}", FINISHED, seconds, files))
    standard = _BASELINE + 0.0025 * (common[0] + mix.own * generator.normal())
    empty = NightSweep(SWEEP, {}, None)
    return Simulated(Night(name, name, {SWEEP: empty}), float(standard)).having(points)


def _file(target: Target, level: float, shrunk: float, generator: np.random.Generator) -> File:
    # Files of one point differ by few images, and zipped by few bytes.
    accuracy, validation = level + generator.normal(0, (0.0002, 0.001))
    return File(
        accuracy=round(accuracy * _IMAGES) / _IMAGES,
        validation_accuracy=round(validation * _IMAGES) / _IMAGES,
        size_bytes=float(round(DENSE[target] * 1.06)),
        zip_bytes=float(round(DENSE[target] * shrunk * generator.normal(1, 0.0005))),
    )


def _pick(points: Sequence[NightPoint], standard: float) -> Pick | None:
    fit = [
        Pick(point.name, target, file.zip_bytes, file.validation_accuracy)
        for point in points
        if point.finished
        for target, file in point.files.items()
        if file.validation_accuracy >= standard - _MAX_DROP
    ]
    return min(fit, key=lambda each: each.zip_bytes, default=None)
