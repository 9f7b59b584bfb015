"""Check an object that a file of Keras 3 describes, without loading it.

Loading makes the object by its name; only names that are known to run no code are accepted.
"""

import re
from typing import Any

from runner.escaping.brief import brief
from runner.models import parts
from runner.models.errors import Unfit
from runner.models.keras2 import training
from runner.models.keras2.allowed import CONSTRAINTS, REGULARIZERS
from runner.models.keras3.twins import (
    CODE,
    FUNCTIONS,
    INITIALIZERS,
    LAYERS,
    MODELS,
    OPERATIONS,
    without_twin,
)

# What Keras writes for values that JSON has no form for.
_VALUES = {"__keras_tensor__", "__slice__", "__ellipsis__", "__tensor__", "__numpy__"}
# A function of the author's own.
_FUNCTION = "__lambda__"
# Where Keras keeps, or once kept, what is in the lists; h5 files give the class of a layer alone.
_PLACES = {
    r"keras\.layers": LAYERS | CODE,
    r"keras\.src\.applications\.convnext": {"LayerScale"},
    r"keras(\.models|\.src\.models\.(functional|model|sequential))?": MODELS,
    r"keras(\.dtype_policies)?": {"DTypePolicy"},
    r"keras\.src\.ops\.(core|nn|numpy)": OPERATIONS,
    r"keras\.initializers": INITIALIZERS,
    r"keras\.regularizers": REGULARIZERS,
    r"keras\.constraints": CONSTRAINTS,
    r"keras\.random": {"SeedGenerator"},
    r"keras\.optimizers(\.schedules)?": training.OPTIMIZERS | training.SCHEDULES,
    r"keras\.losses": training.LOSSES,
    r"keras\.metrics": training.METRICS,
}
# What Keras looks up by its name alone, by the end of the argument that holds the name.
NAMED = {
    "activation": FUNCTIONS,
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
}
_OF_FUNCTIONS = re.compile(r"builtins|keras\.(activations|losses|metrics)")


def check(described: dict[str, Any], foreign: str, trust: bool) -> None:
    """Check one object of those that a file describes.

    Args:
        described: the object as Keras describes it: `class_name`, `module` and more.
        foreign: reason to refuse an object that is no part of Keras.
        trust: whether code in the file may run.

    Raises:
        Unfit: it is no part of Keras, or has no twin in Keras 2; or, in a file that is not trusted,
            it is code.
    """
    kind = parts.kind(described)
    if not trust and kind in CODE | {_FUNCTION}:
        raise Unfit(
            f"layer {parts.name(described)} {parts.is_a(kind)}: loading it runs code from the "
            "file; if you trust the file, set architecture.trust=true"
        )
    if kind in _VALUES or kind == _FUNCTION:
        known = described.get("module") in (None, "builtins")
    elif kind == "function":
        known = parts.is_function(described, FUNCTIONS, _OF_FUNCTIONS)
    else:
        known = _is_of_keras(described)
        _require_readable(described)
    if not known:
        raise Unfit(foreign)
    if kind not in _VALUES | {_FUNCTION, "function"} and not _has_twin(described):
        raise Unfit(without_twin(parts.name(described), brief(kind)))


def _is_of_keras(described: dict[str, Any]) -> bool:
    kind, module = parts.kind(described), described.get("module", "keras")
    own = isinstance(module, str) and (module == "keras" or module.startswith("keras."))
    return own and ">" not in kind and described.get("registered_name") in (None, kind)


def _require_readable(described: dict[str, Any]) -> None:
    if "module" not in described and described["class_name"] in OPERATIONS - LAYERS:
        raise Unfit(
            f"layer {parts.name(described)} ({described['class_name']}) is a function of "
            "keras.ops, which Keras cannot read from an h5 file: save the model as a .keras file"
        )


def _has_twin(described: dict[str, Any]) -> bool:
    kind = described["class_name"]
    if "module" not in described:
        return kind in LAYERS | CODE | MODELS
    return any(
        kind in known and re.fullmatch(place, described["module"])
        for place, known in _PLACES.items()
    )
