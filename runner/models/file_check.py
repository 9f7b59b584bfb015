"""The path of a model goes in; a refusal comes out where the file itself says it cannot work.

Nothing is loaded: loading alone may run code that is in the file.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.models.errors import Unfit
from runner.models.file_metadata import read

# What users write as `x + y` or tf.reshape(x, ...), by the name that TensorFlow gives it. Others,
# such as io.write_file, can do anything.
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
    r"(\.(activations|constraints|engine|initializers|layers|mixed_precision|models|regularizers"
    r"|dtensor)(\..*)?)?"
)
_WRAPPERS = ("PruneLowMagnitude", "ClusterWeights", "QuantizeLayer", "QuantizeWrapper")
_REGRESSION = {
    *("mse", "mae", "mape", "msle", "huber", "huberloss", "logcosh", "poisson"),
    *("meansquarederror", "meanabsoluteerror", "meanabsolutepercentageerror"),
    *("meansquaredlogarithmicerror", "cosinesimilarity"),
}
_BINARY = {"binarycrossentropy", "bce", "binaryfocalcrossentropy"}


def check(path: Path, trust: bool) -> None:
    """Check what the file says of its model.

    Args:
        trust: whether code in the file may run.

    Raises:
        Unfit: it holds no model, one of Keras 3, code, parts that are not Keras' own, or a task
            other than one label of several classes.
    """
    described = read(path)
    if described.keras_version[:2] in ("3.", "4."):
        raise Unfit(
            f"was saved by Keras {described.keras_version}: TFMOT prunes models of Keras 2 only; "
            "save it with tf-keras, or under TF_USE_LEGACY_KERAS=1"
        )
    for each in _objects(described.layers):
        if not trust:
            _refuse_code(each)
        _refuse_what_is_not_of_keras(each)
    _refuse_other_tasks(described.loss)


def _objects(described: Any) -> Iterator[dict[str, Any]]:
    """Yield the description of every object, however deep: wrappers and models hold others."""
    if isinstance(described, dict):
        if isinstance(described.get("class_name"), str):
            yield described
        described = list(described.values())
    for inner in described if isinstance(described, list) else ():
        yield from _objects(inner)


def _name(described: dict[str, Any]) -> str:
    config = described.get("config")
    inside = config.get("name") if isinstance(config, dict) else None
    return str(inside or described.get("name") or described["class_name"])


def _refuse_code(described: dict[str, Any]) -> None:
    kind, config = described["class_name"].split(">")[-1], described.get("config")
    called = str(config.get("function")) if isinstance(config, dict) else ""
    if kind in _CODE:
        what = f"layer {_name(described)} is a {kind.strip('_')}"
    elif kind in _OPERATIONS and not _HARMLESS.fullmatch(called):
        what = f"layer {_name(described)} calls {called}"
    else:
        return
    raise Unfit(
        f"{what}: loading it runs code from the file; if you trust the file, set "
        "architecture.trust=true"
    )


def _refuse_what_is_not_of_keras(described: dict[str, Any]) -> None:
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
        named = described["config"] if kind == "function" else kind.split(">")[-1]
        raise Unfit(unknown_to_keras(str(named)))


def unknown_to_keras(name: str) -> str:
    """Say what to do about a class or function that is not Keras' own."""
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
        if plain in _BINARY:
            raise Unfit(
                f"was compiled with {name}, for multi-label or yes-no answers: must be a "
                "classifier for one label of several classes, that gives a number for each class"
            )


def _losses(loss: Any) -> Iterator[str]:
    """Yield the names in what was given to compile: a name, an object, or several of them."""
    if isinstance(loss, str):
        yield loss
    elif isinstance(loss, dict) and "class_name" in loss:
        function = loss["class_name"] == "function" and isinstance(loss["config"], str)
        yield loss["config"] if function else str(loss["class_name"])
    elif isinstance(loss, dict | list):
        for each in loss.values() if isinstance(loss, dict) else loss:
            yield from _losses(each)
