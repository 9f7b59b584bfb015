"""Check a user's model file by what it says of its model, without loading it.

Loading a model may run code that is in the file, or read other files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.escaping.brief import brief
from runner.models import parts
from runner.models.errors import Unfit, short
from runner.models.file_metadata import Description, read
from runner.models.keras2 import description as keras_2
from runner.models.keras2.allowed import MODELS
from runner.models.keras3 import description as keras_3
from runner.models.saved_model import refuse_program, require_keras_own

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
    if not trust:
        refuse_program(path)
    description = _described(path, trust)
    if path.is_dir():
        for part in parts.objects(description.layers):
            require_keras_own(part, unknown_to_keras(_class_or_function(part)))
    else:
        _require_known(description, trust)
    _refuse_other_tasks(description.loss)
    return description


def _described(path: Path, trust: bool) -> Description:
    try:
        description = read(path, trust)
    except (AttributeError, TypeError) as error:
        # A list where Keras writes an object, and the like.
        raise Unfit(f"cannot be read ({short(error)})") from None
    parts.require_shallow(description.loss)
    return description


def _require_known(description: Description, trust: bool) -> None:
    version = keras_3 if description.of_keras_3 else keras_2
    for key, part in parts.parts(description.layers):
        if isinstance(part, dict):
            version.check(part, unknown_to_keras(_class_or_function(part)), trust)
        elif not trust and not parts.is_harmless(key, part, version.NAMED):
            raise Unfit(unknown_to_keras(brief(part)))
    top = description.layers
    if not isinstance(top, dict) or top.get("class_name") not in MODELS:
        raise Unfit("holds no model: must be a Sequential or functional model of Keras")


def _class_or_function(described: dict[str, Any]) -> str:
    kind = parts.kind(described)
    return brief(described.get("config") if kind == "function" else kind.split(">")[-1])


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
                f"was compiled with {brief(name)}, for regression: must be a classifier "
                "that gives a number for each class"
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
                f"was compiled with {brief(name)}, for multi-label answers: must be a "
                "classifier for one label of several classes, that gives a number for each class"
            )


def _losses(loss: Any) -> Iterator[str]:
    """Yield the names of losses as `compile` takes them: a name, an object, or several of them."""
    if isinstance(loss, str):
        yield loss
    elif isinstance(loss, dict) and "class_name" in loss:
        function = loss["class_name"] == "function" and isinstance(loss.get("config"), str)
        yield loss["config"] if function else str(loss["class_name"])
    elif isinstance(loss, dict | list):
        for part in loss.values() if isinstance(loss, dict) else loss:
            yield from _losses(part)
