"""The architecture settings, an image's shape and a number of classes go in; a model comes out."""

import re
from pathlib import Path
from typing import Any

from runner.backend import keras
from runner.models import architectures, file_check, outputs, user_function
from runner.models.architectures import ARCHITECTURES, Shape
from runner.models.errors import Unfit, refusing, short
from runner.models.flatten import flatten, require_graph
from runner.process.capture import stderr_to_log
from runner.settings import ArchitectureSettings

# How Keras says that it does not know a class or a function, by its name or by its description.
_UNKNOWN = re.compile(
    r"(?:Unknown [\w ]+:? ['\"]|Could not locate (?:class|function) ['\"])"
    r"(?:\{.*?'config': ')?([\w>]+)"
)


def build(settings: ArchitectureSettings, shape: Shape, classes: int) -> keras.Model:
    """Build or read an uncompiled model for images of the shape (H, W, C).

    A model from a file has its weights. Classes of the user's own are registered with Keras, so
    that files with them can be read again in this process.

    Raises:
        ImpossiblePoint: the user's own model does not go with the images or the labels.
        Refused: it cannot be worked with at all.
    """
    if settings.name in ARCHITECTURES:
        return architectures.build(settings.name, shape, classes)
    with refusing(settings):
        if settings.path is not None:
            model = _read(settings.path, settings.trust)
        else:
            model = _called(str(settings.target), shape, classes)
        _require_one_way(model)
        _register(model)
        try:
            flat = flatten(model, shape)
        except (ValueError, TypeError, NotImplementedError, RuntimeError, KeyError) as error:
            raise _copying_failed(error) from None
        outputs.check(flat, classes)
    return flat


def _read(path: Path, trust: bool) -> Any:
    file_check.check(path, trust)
    try:
        with stderr_to_log():
            return keras.models.load_model(str(path), compile=False, safe_mode=not trust)
    except Exception as error:
        unknown = _UNKNOWN.search(str(error))
        if unknown:
            raise Unfit(file_check.unknown_to_keras(unknown[1].split(">")[-1])) from None
        raise Unfit(f"cannot be loaded ({short(error)})") from None


def _called(target: str, shape: Shape, classes: int) -> Any:
    model = user_function.call(target, shape, classes)
    ancestors = [f"{each.__module__}.{each.__name__}" for each in type(model).__mro__]
    if not isinstance(model, keras.Model) and any(each.startswith("keras.") for each in ancestors):
        raise Unfit(
            "returned a model of Keras 3: TFMOT prunes models of Keras 2 only; build it with "
            "tf_keras, or with tf.keras"
        )
    if not isinstance(model, keras.Model):
        raise Unfit(f"returned a {type(model).__name__}: must be a model of Keras 2")
    if isinstance(model, keras.Sequential) and not model.inputs:
        try:
            model.build((None, *shape))
        except (ValueError, TypeError) as error:
            raise Unfit(f"does not take images of the shape {shape} ({short(error)})") from None
    return model


def _require_one_way(model: keras.Model) -> None:
    require_graph(model)
    for what, values in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(values) != 1:
            raise Unfit(f"has {len(values)} {what}: must have one")
    if model.inputs[0].dtype.name != "float32":
        raise Unfit(f"takes {model.inputs[0].dtype.name}: must take images of float32 from 0 to 1")
    for layer in _layers(model):
        if layer.compute_dtype != "float32":
            raise Unfit(
                f"layer {layer.name} computes in {layer.compute_dtype}: must be float32 "
                "throughout; files in half precision are a matter of export.targets"
            )


def _register(model: keras.Model) -> None:
    """Let Keras find classes that are not its own when it reads a file."""
    for layer in _layers(model):
        kind = type(layer)
        if kind.__module__.startswith("tf_keras.src.saving."):
            # What a SavedModel makes of a class whose code is not there.
            raise Unfit(file_check.unknown_to_keras(kind.__name__))
        if not kind.__module__.startswith("tf_keras.") and not _registered(kind):
            keras.utils.get_custom_objects()[kind.__name__] = kind


def _copying_failed(error: Exception) -> Unfit:
    unknown = _UNKNOWN.search(str(error))
    if unknown:
        return Unfit(
            f"{unknown[1]} is no part of Keras, and h5 files keep no functions: make it a layer, "
            "a class derived from keras.layers.Layer"
        )
    return Unfit(f"cannot be copied layer by layer ({short(error)})")


def _registered(kind: type) -> bool:
    return bool(keras.utils.get_registered_object(keras.utils.get_registered_name(kind)) is kind)


def _layers(model: keras.Model) -> list[Any]:
    """List the layers, those of models inside too."""
    return list(model._flatten_layers(include_self=False, recursive=True))
