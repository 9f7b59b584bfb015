"""A model goes in; a refusal comes out where XNNPACK's sparse inference does not go through it."""

from runner.backend import keras, tfmot
from runner.errors import ImpossiblePoint


class _Noting(tfmot.sparsity.keras.PruneForLatencyOnXNNPack):
    """TFMOT's policy, which notes all layers it does not take instead of raising at the first."""

    def __init__(self) -> None:
        self.refused: set[str] = set()

    def _check_layer_support(self, layer: keras.layers.Layer) -> bool:
        if not super()._check_layer_support(layer):
            self.refused.add(layer.name)
        return True

    def starts(self, layer: keras.layers.Layer) -> bool:
        """Tell whether what XNNPACK runs sparse can start at this layer."""
        return bool(self._start_layer_stop_fn(layer))


def check_policy(model: keras.Model) -> None:
    """Check that XNNPACK has a sparse way through a built Sequential or functional model.

    Raises:
        ImpossiblePoint: it has not.
    """
    policy = _Noting()
    try:
        policy.ensure_model_supports_pruning(model)
    except ValueError:
        # Of a built model it raises for nothing else.
        end = _end_missing() if any(map(policy.starts, model.layers)) else _start_missing(model)
        raise ImpossiblePoint(f"schedule.policy=xnnpack: {end}") from None
    refused = [_described(layer) for layer in model.layers if layer.name in policy.refused]
    if refused:
        raise ImpossiblePoint(
            f"schedule.policy=xnnpack: XNNPACK cannot run {', '.join(refused)} in a sparse model"
        )


def _start_missing(model: keras.Model) -> str:
    # Exactly this class: the transposed convolution is derived from it.
    first = next((layer for layer in model.layers if type(layer) is keras.layers.Conv2D), None)
    found = f"{model.name} has {_described(first) if first else 'no convolution'}"
    return (
        "a sparse model starts with ZeroPadding2D(1) and a 3x3 convolution of 3 channels with "
        f"stride 2 and padding valid; {found}"
    )


def _end_missing() -> str:
    return "a sparse model ends with GlobalAveragePooling2D, before each of its outputs"


def _described(layer: keras.layers.Layer) -> str:
    """Describe a layer by what the policy looks at first."""
    kind = type(layer).__name__
    if not isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
        return f"{layer.name} ({kind})"
    size = "x".join(map(str, layer.kernel_size))
    channels = layer.weights[0].shape[2]
    return (
        f"{layer.name} ({kind} {size}, channels {channels}, stride {layer.strides[0]}, "
        f"padding {layer.padding})"
    )
