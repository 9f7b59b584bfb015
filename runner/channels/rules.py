"""List what each kind of layer does to channels; a kind that is not listed keeps all it touches."""

from collections.abc import Callable, Mapping
from typing import Any

from runner.channels import joining, making, passing
from runner.channels.labels import Channels
from runner.channels.step import Step

# Returns the channels that the layer gives; None where it does not treat channels apart.
Rule = Callable[[Step], Channels | None]

_POOLS = [
    f"{which}{number}D"
    for which in ("MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling")
    for number in (1, 2, 3)
]
_BORDERS = [
    f"{which}{number}D"
    for which in ("ZeroPadding", "Cropping", "UpSampling", "SpatialDropout")
    for number in (1, 2, 3)
]
_PLAIN = (
    *_POOLS, *_BORDERS, "GaussianDropout", "GaussianNoise", "ActivityRegularization",
    "RepeatVector", "Identity", "Resizing", "CenterCrop", "ReLU", "LeakyReLU", "ELU",
    "ThresholdedReLU",
)  # fmt: skip
_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")

RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_PLAIN, passing.unchanged),
    **dict.fromkeys(_MERGES, joining.merge),
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), making.convolution),
    **dict.fromkeys(
        ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), making.transposed_convolution
    ),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), making.separable_convolution),
    "Dense": making.dense,
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), passing.depthwise_convolution),
    "BatchNormalization": passing.batch_normalization,
    **dict.fromkeys(("Dropout", "AlphaDropout"), passing.dropout),
    "PReLU": passing.prelu,
    "Activation": passing.activation,
    "Rescaling": passing.rescaling,
    "Permute": passing.permute,
    "Flatten": passing.reshape,
    "Reshape": passing.reshape,
    "Concatenate": joining.concatenate,
    "TFOpLambda": joining.operation,
}


def rule_of(layer: Any) -> Rule:
    """Return the rule of a layer; a class of the user's own may do anything, whatever its name."""
    known = type(layer).__module__.startswith("tf_keras.")
    first = getattr(layer, "data_format", None) == "channels_first"
    return RULES.get(type(layer).__name__, _unknown) if known and not first else _unknown


def kind(layer: Any) -> str:
    """Name the class of a layer, or the operation that it stands for."""
    if type(layer).__name__ == "TFOpLambda":
        return str(layer.get_config()["function"])
    return type(layer).__name__


def _unknown(_: Step) -> None:
    return None
