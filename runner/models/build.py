"""Build the model that the architecture settings ask for."""

import re
from pathlib import Path
from typing import Any

from runner.backend import keras
from runner.data.classes import Classes
from runner.models import architectures, file_check, outputs, user_function
from runner.models.architectures import ARCHITECTURES, Shape
from runner.models.class_names import class_names
from runner.models.errors import Unfit, refusing, short
from runner.models.file_metadata import Description
from runner.models.flatten import flatten, require_graph
from runner.models.keras3 import convert
from runner.models.model_copy import copied
from runner.process.capture import stderr_to_log
from runner.settings import ArchitectureSettings

# Keras' messages about a class or a function that it does not know, by name or by description.
_UNKNOWN = re.compile(
    r"(?:Unknown [\w ]+:? ['\"]|Could not locate (?:class|function) ['\"])"
    r"(?:\{.*?'config': ')?([\w>]+)"
)


def build(
    settings: ArchitectureSettings,
    shape: Shape,
    classes: Classes,
    content: str | None = None,
    compared: bool = False,
) -> keras.Model:
    """Build or read an uncompiled model for images of a shape.

    A model from a file has its weights. Classes of the user's own are registered with Keras, so
    that files with them can be read again in this process.

    Args:
        shape: shape of one image, as (H, W, C).
        classes: the classes of the labels.
        content: the digest of the user's file, and more after it; None for any.
        compared: whether a model of Keras 3 has been compared with its copy in Keras 2 before.

    Raises:
        ImpossiblePoint: the user's own model does not go with the images or the labels.
        Refused: the user's own model cannot be pruned, whatever the data.
    """
    if settings.name in ARCHITECTURES:
        return architectures.build(settings.name, shape, len(classes))
    with refusing(settings):
        names = class_names(settings)
        if settings.path is not None:
            model = _read_file(settings.path, settings.trust, shape, content, compared)
        else:
            model = _call_function(str(settings.target), shape, len(names or classes), compared)
        _require_one_input_and_output(model)
        _register(model)
        try:
            flat = flatten(model, shape)
        except (ValueError, TypeError, NotImplementedError, RuntimeError, KeyError) as error:
            raise _rebuilding_failure(error) from None
        outputs.check(flat, classes, names)
    return flat


def _read_file(path: Path, trust: bool, shape: Shape, content: str | None, compared: bool) -> Any:
    # What is checked is what is loaded, whatever happens to the file meanwhile.
    with copied(path, trust) as copy:
        if content is not None and not content.startswith(copy.digest):
            raise Unfit("is another file than it was when this command looked at it first")
        description = file_check.check(copy.path, trust)
        model = _load(copy.path, description, trust)
    if description.of_keras_3:
        model = convert.convert(model, shape, path.name, compared)
    tensors = getattr(model, "outputs", None) or []
    if len(tensors) == 1:
        file_check.refuse_several_labels(description.loss, tensors[0].shape[-1] or 0)
    return model


def _load(path: Path, description: Description, trust: bool) -> Any:
    try:
        with stderr_to_log():
            if description.of_keras_3:
                return convert.read(path, trust)
            return keras.models.load_model(str(path), compile=False, safe_mode=not trust)
    except Exception as error:
        unknown = _UNKNOWN.search(str(error))
        if unknown:
            raise Unfit(file_check.unknown_to_keras(unknown[1].split(">")[-1])) from None
        raise Unfit(f"cannot be loaded ({short(error)})") from None


def _call_function(target: str, shape: Shape, classes: int, compared: bool) -> Any:
    model = user_function.call(target, shape, classes)
    if convert.is_model(model):
        return convert.convert(model, shape, target, compared)
    if not isinstance(model, keras.Model):
        raise Unfit(f"returned a {type(model).__name__}: must be a model of Keras")
    if isinstance(model, keras.Sequential) and not model.inputs:
        try:
            model.build((None, *shape))
        except (ValueError, TypeError) as error:
            raise Unfit(f"does not take images of the shape {shape} ({short(error)})") from None
    return model


def _require_one_input_and_output(model: keras.Model) -> None:
    require_graph(model)
    for name, values in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(values) != 1:
            raise Unfit(f"has {len(values)} {name}: must have one")
    if model.inputs[0].dtype.name != "float32":
        raise Unfit(f"takes {model.inputs[0].dtype.name}: must take float32")
    for layer in _all_layers(model):
        if layer.compute_dtype != "float32":
            raise Unfit(
                f"layer {layer.name} computes in {layer.compute_dtype}: must be float32 "
                "throughout; files in half precision are a matter of export.targets"
            )


def _register(model: keras.Model) -> None:
    """Let Keras find classes that are not its own when it reads a file."""
    for layer in _all_layers(model):
        kind = type(layer)
        if kind.__module__.startswith("tf_keras.src.saving."):
            # The class that a SavedModel puts in place of one whose code is missing.
            raise Unfit(file_check.unknown_to_keras(kind.__name__))
        if not kind.__module__.startswith("tf_keras.") and not _is_registered(kind):
            keras.utils.get_custom_objects()[kind.__name__] = kind


def _rebuilding_failure(error: Exception) -> Unfit:
    unknown = _UNKNOWN.search(str(error))
    if unknown:
        return Unfit(
            f"{unknown[1]} is no part of Keras, and h5 files keep no functions: make it a layer, "
            "a class derived from keras.layers.Layer"
        )
    return Unfit(f"cannot be copied layer by layer ({short(error)})")


def _is_registered(kind: type) -> bool:
    return bool(keras.utils.get_registered_object(keras.utils.get_registered_name(kind)) is kind)


def _all_layers(model: keras.Model) -> list[Any]:
    """List the layers, including those of models inside the model."""
    return list(model._flatten_layers(include_self=False, recursive=True))
