"""Check that XNNPACK's sparse inference can run a model."""

from runner.backend import keras, tfmot
from runner.errors import ImpossiblePoint


class _RecordingPolicy(tfmot.sparsity.keras.PruneForLatencyOnXNNPack):
    """Record all layers that TFMOT's policy refuses, instead of raising at the first."""

    def __init__(self) -> None:
        self.refused: set[str] = set()

    def _check_layer_support(self, layer: keras.layers.Layer) -> bool:
        if not super()._check_layer_support(layer):
            self.refused.add(layer.name)
        return True

    def can_start_at(self, layer: keras.layers.Layer) -> bool:
        """Tell whether the part that XNNPACK runs sparse can start at this layer."""
        return bool(self._start_layer_stop_fn(layer))


def check_policy(model: keras.Model) -> None:
    """Check that XNNPACK can run a built Sequential or functional model sparse.

    Raises:
        ImpossiblePoint: its start, its end or a layer between them does not allow it.
    """
    policy = _RecordingPolicy()
    try:
        policy.ensure_model_supports_pruning(model)
    except ValueError:
        # For a built model it raises for no other reason.
        reason = (
            _end_missing() if any(map(policy.can_start_at, model.layers)) else _start_missing(model)
        )
        raise ImpossiblePoint(f"schedule.policy=xnnpack: {reason}") from None
    refused = [_describe(layer) for layer in model.layers if layer.name in policy.refused]
    if refused:
        raise ImpossiblePoint(
            f"schedule.policy=xnnpack: XNNPACK cannot run {', '.join(refused)} in a sparse model"
        )


def _start_missing(model: keras.Model) -> str:
    # Exactly this class: the transposed convolution is derived from it.
    first = next((layer for layer in model.layers if type(layer) is keras.layers.Conv2D), None)
    found = f"{model.name} has {_describe(first) if first else 'no convolution'}"
    return (
        "a sparse model starts with ZeroPadding2D(1) and a 3x3 convolution of 3 channels with "
        f"stride 2 and padding valid; {found}"
    )


def _end_missing() -> str:
    return "a sparse model ends with GlobalAveragePooling2D, before each of its outputs"


def _describe(layer: keras.layers.Layer) -> str:
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
