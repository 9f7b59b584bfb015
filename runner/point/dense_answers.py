"""Keep what the dense model answers for the test images: every point is compared with it."""

import logging
import tempfile
from pathlib import Path

import numpy as np

from runner.backend import keras
from runner.data.dataset import Dataset
from runner.errors import Refused, one_line
from runner.files import private_folder
from runner.measure.class_table import Classes
from runner.measure.measurement import classify
from runner.models.outputs import gives_logits, taken_by
from runner.point.context import PointContext
from runner.settings.cache_paths import answers_file, baseline_lock

log = logging.getLogger(__name__)

# Images for which the model is asked again: as many as are classified at a time.
_DRAWN = 200


def dense_answers(context: PointContext, model: keras.Model) -> Classes:
    """Return the class that the dense model gives to each test image, computed once for all points.

    Those in the cache are compared with answers of the model to some images, and computed again
    where they are others.

    Args:
        model: the dense model.

    Raises:
        Refused: the file in the cache is not its user's alone.
    """
    path = answers_file(context.settings, context.signature, context.measuring)
    data = taken_by(model, context.data)
    with baseline_lock(context.settings, context.signature, "answers"):
        if path.is_file():
            try:
                return _read(context, path, model, data)
            except Refused:
                raise
            except Exception as fault:
                # NumPy raises many kinds of errors for damaged bytes.
                aside = Path(tempfile.mkdtemp(prefix=f"{path.name}.damaged.", dir=path.parent))
                path.replace(aside / path.name)
                reason = str(fault) if isinstance(fault, _Wrong) else one_line(fault)
                log.warning("answers of the baseline: %s; set aside, asking it again", reason)
        answers = classify(model, data.test.images, gives_logits(model))
        _write(path, answers)
        return np.asarray(answers, np.int64)


class _Wrong(ValueError):
    """Answers in the cache that are none of this model to these images."""


def _write(path: Path, answers: Classes) -> None:
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("wb") as file:
        np.save(file, answers)
    private_folder.close_to_others(unfinished)
    unfinished.replace(path)


def _read(context: PointContext, path: Path, model: keras.Model, data: Dataset) -> Classes:
    images = data.test.images
    with private_folder.open_own(context.settings.cache.folder, path) as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise _Wrong("they are of another format")
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        # Before anything is read: a header may claim any number of values.
        if shape != (len(images),) or kind.kind not in "iu":
            raise _Wrong(f"they are {kind} of the shape {shape}, not one class an image")
        file.seek(0)
        answers = np.asarray(np.load(file, allow_pickle=False), np.int64)
    if answers.min() < 0 or answers.max() >= len(data.class_names):
        raise _Wrong("they name classes that the model does not have")
    # A whole batch, as when all were asked: the same numbers are computed.
    batches = -(-len(images) // _DRAWN)
    start = _DRAWN * int(np.random.default_rng().integers(batches))
    drawn = slice(start, start + _DRAWN)
    if not np.array_equal(classify(model, images[drawn], gives_logits(model)), answers[drawn]):
        raise _Wrong("the model answers otherwise")
    return answers
