"""Check an object that a file of Keras 2 describes, without loading it.

Loading imports a class by the module and the name that the file gives; only pairs that are known to
be harmless are accepted.
"""

import re
from typing import Any

from runner.escaping.brief import brief
from runner.models import parts
from runner.models.errors import Unfit
from runner.models.keras2 import graph, training
from runner.models.keras2.allowed import (
    ACTIVATIONS,
    CALLS,
    CONSTRAINTS,
    INITIALIZERS,
    LAYERS,
    MODELS,
    OF_NETWORKS,
    POLICIES,
    REGULARIZERS,
    UNSAFE,
    VALUES,
)
from runner.models.keras2.operations import OPERATIONS

# Where Keras keeps, or once kept, what is in the lists; h5 files give the class alone.
_PLACES = {
    r"(\.models|\.engine\.(functional|sequential|training))?": MODELS,
    r"\.layers(\.experimental(\.preprocessing)?)?": LAYERS | set(UNSAFE),
    r"\.layers\.(core\.tf_op_layer|rnn\.cell_wrappers)": CALLS | set(UNSAFE),
    r"\.engine\.base_layer": {"AddLoss", "AddMetric"} | set(UNSAFE),
    r"\.applications\.(convnext|inception_resnet_v2)": OF_NETWORKS,
    r"\.initializers": INITIALIZERS,
    r"\.regularizers": REGULARIZERS,
    r"\.constraints": CONSTRAINTS,
    r"\.mixed_precision": POLICIES | {"LossScaleOptimizer"},
    r"\.optimizers(\.(experimental|legacy|schedules))?": training.OPTIMIZERS | training.SCHEDULES,
    r"\.losses": training.LOSSES,
    r"\.metrics": training.METRICS,
}
_ROOT = r"(tf_)?keras(\.src)?"
# TensorFlow's own initial values, as EfficientNetV2 has them.
_OF_TENSORFLOW = "tensorflow.python.ops.init_ops_v2"
_ALL: set[str] = set().union(*_PLACES.values())
_FUNCTIONS = ACTIVATIONS | training.FUNCTIONS
_OF_FUNCTIONS = re.compile(rf"builtins|{_ROOT}\.(activations|losses|metrics)")
# What Keras looks up by its name alone, by the end of the argument that holds the name.
NAMED = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
}
_WRAPPERS = ("PruneLowMagnitude", "ClusterWeights", "QuantizeLayer", "QuantizeWrapper")


def check(described: dict[str, Any], foreign: str, trust: bool) -> None:
    """Check one object of those that a file describes.

    Args:
        described: the object as Keras describes it: `class_name`, `module` and more.
        foreign: reason to refuse an object that is no part of Keras.
        trust: whether code in the file may run, and other files may be read.

    Raises:
        Unfit: it is no part of Keras; it is a model whose layers wait for each other; or, in a file
            that is not trusted, it does more than to compute.
    """
    _refuse_foreign(described, foreign)
    if not trust:
        _refuse_unsafe(described)
    if parts.kind(described) in MODELS:
        graph.require_order(described)


def _refuse_foreign(described: dict[str, Any], foreign: str) -> None:
    kind = parts.kind(described)
    if kind.split(">")[-1].startswith(_WRAPPERS):
        raise Unfit(
            f"layer {parts.name(described)} is still wrapped by TFMOT ({brief(kind)}): "
            "save what strip_pruning(model) or strip_clustering(model) returns"
        )
    known = (
        parts.is_function(described, _FUNCTIONS, _OF_FUNCTIONS)
        if kind == "function"
        else _is_class(described)
    )
    if not known:
        raise Unfit(foreign)


def _refuse_unsafe(described: dict[str, Any]) -> None:
    kind, config = _own_name(parts.kind(described)), described.get("config")
    function = config.get("function") if isinstance(config, dict) else None
    if kind in UNSAFE:
        reason = f"{parts.is_a(kind)}: {UNSAFE[kind]}"
    elif kind in CALLS and not (isinstance(function, str) and function in OPERATIONS):
        reason = f"calls {brief(function)}, which is not known to be harmless"
    elif not all(
        parts.kind(each) in VALUES for each in parts.objects(described.get("inbound_nodes"))
    ):
        reason = "is called with an object, which is not known to be harmless"
    else:
        return
    raise Unfit(
        f"layer {parts.name(described)} {reason}; if you trust the file, set "
        "architecture.trust=true"
    )


def _own_name(kind: str) -> str:
    return kind.removeprefix("Keras>")


def _is_class(described: dict[str, Any]) -> bool:
    written = parts.kind(described)
    kind, registered = _own_name(written), described.get("registered_name")
    if kind in VALUES or (kind in UNSAFE and kind.startswith("__")):
        return described.get("module") is None and registered is None
    names = (None, kind, f"Keras>{kind}", *(OF_NETWORKS if kind in OF_NETWORKS else ()))
    if kind in training.OPTIMIZERS:
        names = (*names, f"Custom>{kind}")
    if registered not in names:
        return False
    if "module" not in described:
        return kind in _ALL
    module = described["module"]
    if module == _OF_TENSORFLOW:
        return kind in INITIALIZERS
    return isinstance(module, str) and any(
        kind in known and re.fullmatch(_ROOT + place, module) for place, known in _PLACES.items()
    )
