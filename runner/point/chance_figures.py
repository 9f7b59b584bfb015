"""Compare the accuracy of a dense model with chance, on images that it was not trained on here."""

import numpy as np
from numpy.typing import NDArray

from runner.measure.measurement import Measurement, classify
from runner.models.outputs import gives_logits, taken_by
from runner.point.context import PointContext
from runner.statistics.chance import ACCURACY, BOUND, CHANCE
from runner.statistics.share import largest_share, share_interval
from runner.training.baseline import Baseline


def chance_figures(context: PointContext, baseline: Baseline, h5: Measurement) -> dict[str, float]:
    """Return the metrics by which a baseline is told from one that guesses.

    They are those of the validation and test images together. A model that is taken as it is has
    not been trained on the training images either: theirs are added, where this tells more.

    Args:
        h5: figures of the baseline's h5 file.
    """
    data = context.data
    unseen = [(h5.validation_accuracy, data.validation.labels), (h5.accuracy, data.test.labels)]
    right = sum(round(accuracy * len(labels)) for accuracy, labels in unseen)
    labels = np.concatenate([labels for _, labels in unseen])
    figures = _figures(right, labels)
    if context.settings.baseline.epochs == 0:
        right += _right_in_training(context, baseline)
        whole = _figures(right, np.concatenate([labels, data.train.labels]))
        figures = min(figures, whole, key=lambda each: each[BOUND] - each[CHANCE])
    return figures


def _figures(right: int, labels: NDArray[np.int64]) -> dict[str, float]:
    return {
        CHANCE: largest_share(labels),
        ACCURACY: right / len(labels),
        BOUND: share_interval(right, len(labels))[1],
    }


def _right_in_training(context: PointContext, baseline: Baseline) -> int:
    model = baseline.model
    train = taken_by(model, context.data).train
    return int(np.sum(classify(model, train.images, gives_logits(model)) == train.labels))
