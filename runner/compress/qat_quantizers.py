"""A tensor in a model goes in; the same tensor, rounded as int8 rounds it, comes out."""

from types import SimpleNamespace
from typing import Any

from runner.backend import ClusterPreserveDefaultWeightsQuantizer, MovingAvgQuantize, tf, tfmot
from runner.compress.nearest_centroid import Nearest

# TFMOT's own, once enough batches have been seen.
_DECAY = 0.999

# TFMOT's names for what belongs to a clustered kernel.
_VALUES, _ALGORITHM, _KEPT = "cluster_centroids_tf", "clst_impl", "sparsity_mask"


class RunningRange(tfmot.quantization.keras.quantizers.MovingAverageQuantizer):
    """Take the range of activations from the data alone, from the first batch on.

    TFMOT's begins at -6 to 6, and after a hundred steps nine tenths of that are still in it.
    """

    def __init__(self) -> None:
        super().__init__(num_bits=8, per_axis=False, symmetric=False, narrow_range=False)

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        """Add the variables, among them how many batches have been seen."""
        seen = layer.add_weight(f"{name}_batches", initializer="zeros", trainable=False)
        return {**super().build(tensor_shape, name, layer), "batches": seen}

    def __call__(self, inputs: Any, training: bool, weights: Any, **_: Any) -> Any:
        """Average the ranges of the first batches, then follow them slowly."""
        seen = weights["batches"]
        decay = tf.minimum(seen / (seen + 1), _DECAY)
        if training:
            seen.assign_add(1.0)
        return MovingAvgQuantize(
            inputs, weights["min_var"], weights["max_var"], ema_decay=decay, is_training=training
        )


class WholeKernel(ClusterPreserveDefaultWeightsQuantizer):
    """Keep the shared values of a kernel as a whole, and its zeros.

    TFMOT gives each output channel of a convolution shared values and a scale of its own, so that
    the kernel has many more values than it was clustered to.
    """

    def __init__(self) -> None:
        super().__init__(
            8, per_axis=False, symmetric=True, narrow_range=True, preserve_sparsity=True
        )

    def __call__(self, inputs: Any, training: bool, weights: Any, **_: Any) -> Any:
        """Round to one scale, written down for each output channel when it is used."""
        if training or len(inputs.shape) < 4:
            return super().__call__(inputs, training, weights)
        # The converter merges a normalization only into convolutions with a scale a channel.
        channels = inputs.shape[-1:]
        least, most = (tf.broadcast_to(weights[name], channels) for name in ("min_var", "max_var"))
        return tf.quantization.fake_quant_with_min_max_vars_per_channel(
            inputs, least, most, narrow_range=True
        )

    def _build_clusters(self, name: str, layer: Any) -> dict[str, Any]:
        # TFMOT goes by the class of the layer, and asks it for no more than this.
        kernel = SimpleNamespace(**{name: getattr(layer.layer, name)})
        seen = SimpleNamespace(layer=kernel, name=layer.name, add_weight=layer.add_weight)
        built: dict[str, Any] = super()._build_clusters(name, seen)
        if _VALUES in built:
            kept = built.get(_KEPT, tf.ones_like(getattr(layer.layer, name))).numpy() != 0
            built[_ALGORITHM].get_pulling_indices = Nearest(built[_VALUES], kept)
        return built
