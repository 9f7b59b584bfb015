"""Check an object that a file of Keras 3 describes, without loading it.

Loading makes the object by its name; only names that are known to run no code are accepted.
"""

import re
from typing import Any

from runner.models.errors import Unfit
from runner.models.keras3.twins import CODE, LAYERS, MODELS, OPERATIONS, without_twin

# What Keras writes for values that JSON has no form for; code only comes here if it is trusted.
_VALUES = {
    *("__keras_tensor__", "__slice__", "__ellipsis__", "__tensor__", "__numpy__", "__lambda__")
}
_LAYERS = re.compile(r"keras\.layers|keras\.src\.applications\.convnext")
_MODELS = re.compile(r"keras(\.models|\.src\.models\.\w+)?")
_OPERATIONS = re.compile(r"keras\.src\.ops\.\w+")
_PARTS = re.compile(
    r"keras\.(constraints|initializers|losses|metrics|optimizers(\.\w+)?|random|regularizers)"
)
_FUNCTIONS = re.compile(r"builtins|keras\.(activations|losses|metrics)")


def check(described: dict[str, Any], name: str, foreign: str) -> None:
    """Check one object of those that a file describes.

    Args:
        described: the object as Keras describes it: `class_name`, `module` and more.
        name: what people call the object.
        foreign: reason to refuse an object that is no part of Keras.

    Raises:
        Unfit: it is no part of Keras, or has no twin in Keras 2.
    """
    kind, registered = described["class_name"], described.get("registered_name")
    if kind in _VALUES:
        return
    # An h5 file names the class alone.
    module = str(described.get("module", "keras.layers"))
    if kind == "function":
        known = bool(_FUNCTIONS.fullmatch(module))
    else:
        known = re.match(r"keras(\.|$)", module) is not None and registered in (None, kind)
    if not known or ">" in kind:
        raise Unfit(foreign)
    in_h5 = "module" not in described
    if in_h5 and kind in OPERATIONS - LAYERS:
        raise Unfit(
            f"layer {name} ({kind}) is a function of keras.ops, which Keras cannot read from an h5 "
            "file: save the model as a .keras file"
        )
    if kind != "function" and not _has_twin(kind, module, in_h5):
        raise Unfit(without_twin(name, kind))


def _has_twin(kind: str, module: str, in_h5: bool) -> bool:
    if in_h5:
        return kind in LAYERS | CODE | MODELS
    if _OPERATIONS.fullmatch(module):
        return kind in OPERATIONS
    if _LAYERS.fullmatch(module):
        return kind in LAYERS | CODE
    if _MODELS.fullmatch(module):
        return kind in MODELS or (module, kind) == ("keras", "DTypePolicy")
    return bool(_PARTS.fullmatch(module) and kind.isidentifier())
