"""Tell which activation functions compute each number by itself."""

from typing import Any

_FUNCTIONS = frozenset(
    {
        "elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "mish", "relu",
        "relu6", "selu", "sigmoid", "silu", "softplus", "softsign", "swish", "tanh",
    }
)  # fmt: skip
_LAYERS = frozenset({"ELU", "LeakyReLU", "ReLU", "ThresholdedReLU"})
_LIBRARIES = ("tf_keras.", "tensorflow.")


def treats_channels_apart(activation: Any) -> bool:
    """Tell whether an activation is of Keras or TensorFlow and takes single numbers.

    One of the user's own may do anything, whatever its name.

    Args:
        activation: a function, or a layer in its place.
    """
    known = str(getattr(activation, "__module__", "")).startswith(_LIBRARIES)
    names = _FUNCTIONS if hasattr(activation, "__name__") else _LAYERS
    return activation is None or (known and name_of(activation) in names)


def name_of(activation: Any) -> str:
    """Name an activation: a function, or a layer in its place."""
    return str(getattr(activation, "__name__", type(activation).__name__))
