"""Find in a model what LiteRT's converter cannot write into one of the files."""

from collections.abc import Iterator
from typing import Any

from runner.models.errors import subject
from runner.planning.request import Request
from runner.settings.targets import Target

# The operations between a value and its gate: a sum, a rectifier and a product.
_STEPS = 4


def unsupported(model: Any, request: Request) -> str | None:
    """Return the line that refuses a target that the model cannot be converted to; None for none.

    The converter turns x * relu6(x + 3) / 6 into one operator, HARD_SWISH, which it cannot quantize
    with activations of 16 bits. It does so with layer normalization, but no kernel runs the result.

    Args:
        model: Keras model without models inside it.
    """
    target = Target.TFLITE_INT16X8
    if target not in request.targets:
        return None
    for layer in model.layers:
        function = _function(layer)
        if function:
            return (
                f"{subject(request.architecture)}: layer {layer.name} ({type(layer).__name__}) "
                f"computes {function}, which LiteRT cannot convert to {target}; leave it out of "
                "export.targets"
            )
    return None


def _function(layer: Any) -> str | None:
    if type(layer).__name__ == "LayerNormalization":
        return "layer normalization"
    return "hard swish" if _is_hard_swish(layer) else None


def _is_hard_swish(layer: Any) -> bool:
    for node in layer._inbound_nodes:
        inputs = node.keras_inputs
        if type(layer).__name__ in ("Multiply", "TFOpLambda") and len(inputs) == 2:
            first, second = inputs
            if _gates(first, second) or _gates(second, first):
                return True
    return False


def _gates(gate: Any, value: Any) -> bool:
    """Tell whether one value is made of the other through relu6."""
    rectified = False
    for layer, tensor in _back(gate):
        rectified = rectified or getattr(layer, "max_value", None) == 6
        if tensor is value:
            return rectified
    return False


def _back(tensor: Any) -> Iterator[tuple[Any, Any]]:
    """Yield layers before a value, as long as each has one input, and what goes into them."""
    for _ in range(_STEPS):
        layer, number, _ = tensor._keras_history
        inputs = layer._inbound_nodes[number].keras_inputs
        if len(inputs) != 1:
            return
        (tensor,) = inputs
        yield layer, tensor
