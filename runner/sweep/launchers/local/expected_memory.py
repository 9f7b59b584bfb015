"""Estimate how much memory a worker will take, by the sizes of its model and its data."""

import math
from collections.abc import Sequence

from runner.data import dataset
from runner.data.images import at_once
from runner.models.architectures import ARCHITECTURES
from runner.models.sizes import Sizes, sizes_of
from runner.planning.inspection import inspected_sizes
from runner.settings import Settings

# What TensorFlow, MLflow and the tools that convert files take for the smallest model: measured,
# 0.2 to 0.8 GB.
_LEAST = 1e9
# A weight is a float32, and so are its gradient, two moments of Adam, its mask and what selects
# it; the dense model, its best epoch and each file that is made of it hold it once more. Measured
# on 21 million weights, 195: most of it while files are made for TFLite Micro.
_BYTES_OF_A_WEIGHT = 200
# A value is kept for its gradient, which is as large. Measured, 2 to 4: much of it goes before.
_BYTES_OF_A_VALUE = 2 * 4
# Images that are evaluated at a time; see `at_once`.
_EVALUATED = 1000
# Of each image: its label, and the answers of two models to it as float64.
_LABEL, _ANSWERS = 8, 2 * 8


def expected_bytes(points: Sequence[Settings]) -> float:
    """Return what a worker will take of its own for the largest of these points; rather too much.

    Images count only by batches: those in memory are shared with the server that workers are forked
    from, and mapped ones with the system.
    """
    return max(map(_expected, points), default=0)


def _expected(settings: Settings) -> float:
    data = dataset.load(settings.dataset, settings.cache.folder)
    sizes = _sizes(settings, data)
    batches = (settings.baseline, settings.schedule, settings.compress, settings.channels)
    trained = max(group.batch_size for group in batches)
    evaluated = at_once(data.validation.images, _EVALUATED)
    # While images are evaluated, a layer's values go once the next layer has taken them.
    values = max(trained * sizes.values, evaluated * sizes.largest)
    pixels = max(trained, evaluated) * math.prod(data.shape)
    images = sum(len(split.labels) for split in (data.train, data.validation, data.test))
    return (
        _LEAST
        + _BYTES_OF_A_WEIGHT * sizes.weights
        + _BYTES_OF_A_VALUE * (values + pixels)
        + (_LABEL + _ANSWERS * data.classes) * images
    )


def _sizes(settings: Settings, data: dataset.Dataset) -> Sizes:
    name = settings.architecture.name
    if name in ARCHITECTURES:
        return sizes_of(name, data.shape, data.classes)
    return inspected_sizes(settings.architecture) or Sizes(0, 0, 0)
