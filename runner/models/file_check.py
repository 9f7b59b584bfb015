"""Check a user's model file by what it says of its model, without loading it.

Loading a model may run code that is in the file.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.models.errors import Unfit
from runner.models.file_metadata import Description, read
from runner.models.keras3 import described as keras_3

# Operations that users write as `x + y` or tf.reshape(x, ...), by TensorFlow's names for them.
# Other operations, such as io.write_file, can do anything.
_HARMLESS = re.compile(
    r"(compat\.v1\.)?"
    r"((__operators__|math|nn|image|linalg|keras\.activations)\.\w+"
    r"|cast|clip_by_value|concat|expand_dims|fill|gather|identity|ones_like|pad|repeat|reshape"
    r"|reverse|roll|shape|slice|split|squeeze|stack|stop_gradient|strided_slice|tile|transpose"
    r"|unstack|where|zeros_like)"
)
_OPERATIONS = ("TFOpLambda", "SlicingOpLambda")
# Layers whose description holds code, or names a method to call.
_CODE = ("Lambda", "__lambda__", "InstanceMethod", "ClassMethod", "TensorFlowOpLayer")
_OF_KERAS = re.compile(
    r"builtins|(tf_)?keras(\.src)?"
    r"(\.(activations|applications\.convnext|constraints|engine|initializers|layers"
    r"|mixed_precision|models|regularizers|dtensor)(\..*)?)?"
)
_WRAPPERS = ("PruneLowMagnitude", "ClusterWeights", "QuantizeLayer", "QuantizeWrapper")
_REGRESSION = {
    *("mse", "mae", "mape", "msle", "huber", "huberloss", "logcosh", "poisson"),
    *("meansquarederror", "meanabsoluteerror", "meanabsolutepercentageerror"),
    *("meansquaredlogarithmicerror", "cosinesimilarity"),
}
_BINARY = {"binarycrossentropy", "bce", "binaryfocalcrossentropy"}


def check(path: Path, trust: bool) -> Description:
    """Check what a file or a SavedModel folder says of its model.

    Args:
        trust: whether code in the file may run.

    Returns:
        What it says of its model.

    Raises:
        Unfit: it holds no model, code, parts that are not Keras' own or have no twin in Keras 2,
            or a task other than one label of several classes.
    """
    description = read(path, trust)
    for part in _objects(description.layers):
        if not trust:
            _refuse_code(part)
        if description.of_keras_3:
            keras_3.check(part, _name(part), unknown_to_keras(_class_or_function(part)))
        else:
            _refuse_foreign_classes(part)
    _refuse_other_tasks(description.loss)
    return description


def _objects(described: Any) -> Iterator[dict[str, Any]]:
    """Yield the description of every object, and of those in wrappers and inner models."""
    if isinstance(described, dict):
        if isinstance(described.get("class_name"), str):
            yield described
        described = list(described.values())
    for inner in described if isinstance(described, list) else ():
        yield from _objects(inner)


def _name(described: dict[str, Any]) -> str:
    config = described.get("config")
    own_name = config.get("name") if isinstance(config, dict) else None
    return str(own_name or described.get("name") or described["class_name"])


def _refuse_code(described: dict[str, Any]) -> None:
    kind, config = described["class_name"].split(">")[-1], described.get("config")
    function = str(config.get("function")) if isinstance(config, dict) else ""
    if kind in _CODE:
        subject = f"layer {_name(described)} is a {kind.strip('_')}"
    elif kind in _OPERATIONS and not _HARMLESS.fullmatch(function):
        subject = f"layer {_name(described)} calls {function}"
    else:
        return
    raise Unfit(
        f"{subject}: loading it runs code from the file; if you trust the file, set "
        "architecture.trust=true"
    )


def _refuse_foreign_classes(described: dict[str, Any]) -> None:
    kind, module = described["class_name"], described.get("module", "builtins")
    if kind.split(">")[-1].startswith(_WRAPPERS):
        raise Unfit(
            f"layer {_name(described)} is still wrapped by TFMOT ({kind}): "
            "save what strip_pruning(model) or strip_clustering(model) returns"
        )
    # A class that was saved without its module is a registered one, or is lost; functions of Keras
    # are saved by their names alone.
    registered = ">" in kind and not kind.startswith("Keras>")
    if kind == "function" or registered or not _OF_KERAS.fullmatch(str(module)):
        raise Unfit(unknown_to_keras(_class_or_function(described)))


def _class_or_function(described: dict[str, Any]) -> str:
    kind = described["class_name"]
    return str(described.get("config") if kind == "function" else kind.split(">")[-1])


def unknown_to_keras(name: str) -> str:
    """Say why a class or function of this name, not Keras' own, is refused, and what to do."""
    return (
        f"{name} is no part of Keras, and its code is not in the file: take architecture=callable, "
        "with a function that builds the model"
    )


def _refuse_other_tasks(loss: Any) -> None:
    for name in _losses(loss):
        plain = name.split(">")[-1].replace("_", "").lower()
        if plain in _REGRESSION:
            raise Unfit(
                f"was compiled with {name}, for regression: must be a classifier that gives a "
                "number for each class"
            )


def refuse_several_labels(loss: Any, outputs: int) -> None:
    """Refuse a model that was trained to give any number of several labels.

    Args:
        loss: as `compile` took it; None for a model that was not compiled.
        outputs: how many numbers the model gives; one number is a yes or no.

    Raises:
        Unfit: the loss judges each of several numbers by itself.
    """
    for name in _losses(loss) if outputs > 1 else ():
        if name.split(">")[-1].replace("_", "").lower() in _BINARY:
            raise Unfit(
                f"was compiled with {name}, for multi-label answers: must be a classifier for one "
                "label of several classes, that gives a number for each class"
            )


def _losses(loss: Any) -> Iterator[str]:
    """Yield the names of losses as `compile` takes them: a name, an object, or several of them."""
    if isinstance(loss, str):
        yield loss
    elif isinstance(loss, dict) and "class_name" in loss:
        function = loss["class_name"] == "function" and isinstance(loss["config"], str)
        yield loss["config"] if function else str(loss["class_name"])
    elif isinstance(loss, dict | list):
        for part in loss.values() if isinstance(loss, dict) else loss:
            yield from _losses(part)
