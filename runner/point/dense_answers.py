"""Keep what the dense model answers for the test images: every point is compared with it."""

import numpy as np

from runner.backend import keras
from runner.measure.class_table import Classes
from runner.measure.measurement import classify
from runner.models.outputs import gives_logits, taken_by
from runner.point.context import PointContext
from runner.settings.cache_paths import answers_file, baseline_lock


def dense_answers(context: PointContext, model: keras.Model) -> Classes:
    """Return the class that the dense model gives to each test image, computed once for all points.

    Args:
        model: the dense model.
    """
    path = answers_file(context.settings, context.signature, context.measuring)
    with baseline_lock(context.settings, context.signature, "answers"):
        if not path.is_file():
            unfinished = path.with_name(f".{path.name}")
            data = taken_by(model, context.data)
            with unfinished.open("wb") as file:
                np.save(file, classify(model, data.test.images, gives_logits(model)))
            unfinished.replace(path)
    return np.asarray(np.load(path), np.int64)
