"""Round the tensors of a model in training as an int8 file rounds them."""

from types import SimpleNamespace
from typing import Any

from runner.backend import ClusterPreserveDefaultWeightsQuantizer, MovingAvgQuantize, tf, tfmot
from runner.compress.nearest_centroid import NearestCentroid

# Weight of the past in the moving average; TFMOT's own.
_DECAY = 0.999

# TFMOT's names for what belongs to a clustered kernel.
_CENTROIDS, _ALGORITHM, _MASK = "cluster_centroids_tf", "clst_impl", "sparsity_mask"


class RunningRangeQuantizer(tfmot.quantization.keras.quantizers.MovingAverageQuantizer):
    """Learn the range of activations from the data alone, from the first batch on.

    TFMOT's range begins at -6 to 6, and after a hundred steps nine tenths of that remain in it.
    """

    def __init__(self) -> None:
        super().__init__(num_bits=8, per_axis=False, symmetric=False, narrow_range=False)

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        """Create the variables: the range, and how many batches it has seen."""
        batches = layer.add_weight(f"{name}_batches", initializer="zeros", trainable=False)
        return {**super().build(tensor_shape, name, layer), "batches": batches}

    def __call__(self, inputs: Any, training: bool, weights: Any, **_: Any) -> Any:
        """Average the ranges of the first batches, then follow them slowly."""
        batches = weights["batches"]
        decay = tf.minimum(batches / (batches + 1), _DECAY)
        if training:
            batches.assign_add(1.0)
        return MovingAvgQuantize(
            inputs, weights["min_var"], weights["max_var"], ema_decay=decay, is_training=training
        )


class WholeKernelQuantizer(ClusterPreserveDefaultWeightsQuantizer):
    """Keep the zeros of a kernel, and the values that all of it shares.

    TFMOT gives each output channel of a convolution shared values and a scale of its own, so that
    the kernel has many more values than it was clustered to.
    """

    def __init__(self) -> None:
        super().__init__(
            8, per_axis=False, symmetric=True, narrow_range=True, preserve_sparsity=True
        )

    def __call__(self, inputs: Any, training: bool, weights: Any, **_: Any) -> Any:
        """Round to one scale for the kernel, repeated for each output channel outside training."""
        if training or len(inputs.shape) < 4:
            return super().__call__(inputs, training, weights)
        # The converter merges a normalization only into convolutions with a scale a channel.
        channels = inputs.shape[-1:]
        least, most = (tf.broadcast_to(weights[name], channels) for name in ("min_var", "max_var"))
        return tf.quantization.fake_quant_with_min_max_vars_per_channel(
            inputs, least, most, narrow_range=True
        )

    def _build_clusters(self, name: str, layer: Any) -> dict[str, Any]:
        # TFMOT decides by the class of the layer, and reads no more of it than this.
        kernel = SimpleNamespace(**{name: getattr(layer.layer, name)})
        stand_in = SimpleNamespace(layer=kernel, name=layer.name, add_weight=layer.add_weight)
        built: dict[str, Any] = super()._build_clusters(name, stand_in)
        if _CENTROIDS in built:
            mask = built.get(_MASK, tf.ones_like(getattr(layer.layer, name)))
            nearest = NearestCentroid(built[_CENTROIDS], mask.numpy() != 0)
            built[_ALGORITHM].get_pulling_indices = nearest
        return built
