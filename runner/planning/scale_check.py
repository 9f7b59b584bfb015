"""Try on a model with weights whether it was trained on another range of pixels."""

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras
from runner.data.scale import Scale, scale_of
from runner.errors import ImpossiblePoint
from runner.measure.measurement import classify
from runner.models.class_names import class_names
from runner.models.errors import subject
from runner.models.outputs import gives_logits, told_apart
from runner.planning.request import Request
from runner.settings.dataset import ScaleName
from runner.statistics.paired import paired_drop
from runner.statistics.share import share_interval

# The lower end of the gain's interval from which on another range is taken for the right one.
_GAIN = 0.05
_GRAY: tuple[ScaleName, ...] = ("0..1", "-1..1", "0..255")
_COLOUR: tuple[ScaleName, ...] = (*_GRAY, "imagenet", "caffe")

Right = NDArray[np.bool_]


def refuse_wrong_scale(model: keras.Model, request: Request, scale: Scale) -> None:
    """Refuse a scale where the model has clearly more images right with another one.

    Args:
        model: with its weights.
        request: names the file with the images to try.
        scale: what the model is to be fed with.

    Raises:
        ImpossiblePoint: the lower end of the paired interval of another scale's gain is above 5
            points, and that scale is better than chance.
    """
    if request.sample is None or scale.name == "as_is" or _is_untrained(model):
        return
    with np.load(request.sample) as sample:
        pixels, labels = sample["pixels"], sample["labels"]
    outputs = request.classes.outputs(told_apart(model), class_names(request.architecture))
    labels = np.asarray(outputs)[labels]
    names = _COLOUR if request.shape[-1] == 3 else _GRAY
    candidates = {name: scale_of(name) for name in names} | {scale.name: scale}
    right = {name: _right(model, one.apply(pixels), labels) for name, one in candidates.items()}
    best = max(right, key=lambda name: np.count_nonzero(right[name]))
    chance = np.bincount(labels).max() / len(labels)
    least, _ = share_interval(int(right[best].sum()), len(labels))
    gain = paired_drop(right[best], right[scale.name])
    if gain.low > _GAIN and least > chance:
        raise ImpossiblePoint(_explanation(request, right, scale.name, best))


def _is_untrained(model: keras.Model) -> bool:
    """Tell whether all biases are 0, as before the first step of training.

    Random weights may be right by chance on one range and wrong on another.
    """
    weights = [weight for layer in model.layers for weight in layer.trainable_weights]
    biases = [weight.numpy() for weight in weights if "bias" in weight.name.rpartition("/")[2]]
    return bool(biases) and not any(bias.any() for bias in biases)


def _right(model: keras.Model, images: NDArray[np.float32], labels: NDArray[np.int64]) -> Right:
    taken = images.reshape(-1, *model.input_shape[1:])
    return np.asarray(classify(model, taken, gives_logits(model)) == labels)


def _explanation(
    request: Request, right: dict[ScaleName, Right], chosen: ScaleName, best: ScaleName
) -> str:
    return (
        f"{subject(request.architecture)}: has {right[best].mean():.1%} of {len(right[best])} "
        f"training images right with dataset.scale={best}, and {right[chosen].mean():.1%} with "
        f"{chosen}: take dataset.scale={best}; architecture.check_scale=false takes {chosen} "
        "all the same"
    )
