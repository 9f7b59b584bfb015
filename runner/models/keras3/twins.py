"""List what of Keras 3 has a twin in Keras 2, without importing either of them."""

from collections.abc import Mapping
from typing import Any

from runner.models.keras2 import allowed, training

# Layers of Keras 3 that Keras 2 has under the same name and with the same meaning.
LAYERS = {
    *("Activation", "ActivityRegularization", "Add", "AdditiveAttention", "AlphaDropout"),
    *("Attention", "Average", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
    *("BatchNormalization", "Bidirectional", "CenterCrop", "Concatenate", "Conv1D", "Conv2D"),
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Cropping1D"),
    *("Cropping2D", "Cropping3D", "Dense", "DepthwiseConv1D", "DepthwiseConv2D", "Dot", "Dropout"),
    *("ELU", "EinsumDense", "Embedding", "Flatten", "GRU", "GaussianDropout", "GaussianNoise"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
    *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization"),
    *("Identity", "InputLayer", "LSTM", "LayerNormalization", "LayerScale", "LeakyReLU", "Masking"),
    *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "MultiHeadAttention"),
    *("Multiply", "Normalization", "PReLU", "Permute", "RandomBrightness", "RandomContrast"),
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "ReLU"),
    *("RepeatVector", "Rescaling", "Reshape", "Resizing", "SeparableConv1D", "SeparableConv2D"),
    *("SimpleRNN", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("Subtract", "TimeDistributed", "UnitNormalization", "UpSampling1D", "UpSampling2D"),
    *("UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
}
# Layers that are converted only from files that are trusted: their function is code.
CODE = {"Lambda"}
MODELS = {"Functional", "Model", "Sequential"}
# Functions of keras.ops, and operators, as models hold them.
OPERATIONS = {
    *("Add", "Cast", "Clip", "Concatenate", "Divide", "Elu", "ExpandDims", "Gelu", "GetItem"),
    *("HardSigmoid", "HardSilu", "LeakyRelu", "Max", "Maximum", "Mean", "Minimum", "Multiply"),
    *("Negative", "Relu", "Relu6", "Reshape", "Sigmoid", "Silu", "Softmax", "Softplus", "Squeeze"),
    *("Subtract", "Tanh", "Transpose", "TrueDivide"),
}
# Activations that both have, with the same values. Both have hard_sigmoid, but with two slopes.
ACTIVATIONS = {
    *("elu", "exponential", "gelu", "leaky_relu", "linear", "log_softmax", "mish", "relu", "relu6"),
    *("selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh"),
}
# Activations that Keras 2 lacks, and the operation that computes each of them.
COMPUTED = {"hard_sigmoid": "HardSigmoid", "hard_silu": "HardSilu", "hard_swish": "HardSilu"}
# Functions and initial values that a file may name; those without a twin are refused later.
FUNCTIONS = {
    *(*training.FUNCTIONS, *ACTIVATIONS, *COMPUTED, "celu", "glu", "hard_shrink", "hard_tanh"),
    *("log_sigmoid", "soft_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus"),
    *("tanh_shrink", "threshold"),
}
INITIALIZERS = allowed.INITIALIZERS | {"IdentityInitializer", "OrthogonalInitializer"}
# Arguments that have another name in Keras 2.
_RENAMED = {"LeakyReLU": {"negative_slope": "alpha"}}
# Arguments that Keras 2 lacks, and that change nothing outside training or but the speed.
_WITHOUT_EFFECT = {"seed", "use_cudnn", "flash_attention", "value_range"}
# For images with channels last, which is all that this runner takes, Keras 2 knows no other.
_USUAL = {"data_format": "channels_last"}


class NoTwin(ValueError):
    """An argument has no counterpart in Keras 2; the text names it and its value."""


def without_twin(layer: str, what: str) -> str:
    """Say that a layer cannot be converted.

    Args:
        layer: name of the layer.
        what: its class, or what it does.
    """
    return (
        f"layer {layer} ({what}) of Keras 3 has no twin in Keras 2, the only one that TFMOT takes"
    )


def arguments(
    kind: str, config: Mapping[str, Any], accepted: set[str], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Translate the arguments of a layer into those of its twin.

    Initial values are left out, because the weights are copied.

    Args:
        kind: class of the layer.
        config: what the layer of Keras 3 was made with.
        accepted: names of the arguments that the twin takes.
        defaults: value of each argument of Keras 3 that is left out.

    Raises:
        NoTwin: an argument that Keras 2 does not know has a value that matters.
    """
    translated = {}
    for name, value in config.items():
        renamed = _RENAMED.get(kind, {}).get(name, name)
        if name.endswith("_initializer"):
            continue
        if renamed in accepted:
            translated[renamed] = value
        elif name not in _WITHOUT_EFFECT and not _is_off(
            value, defaults.get(name), _USUAL.get(name)
        ):
            raise NoTwin(f"{name}={value}")
    return translated


def _is_off(value: Any, *defaults: Any) -> bool:
    return value is None or value is False or value in defaults
