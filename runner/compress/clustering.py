"""Fine-tune a copy of a pruned model whose kernels share few values."""

from typing import Any

import numpy as np

from runner.backend import ClusterWeights, keras, tf, tfmot
from runner.compress.nearest_centroid import NearestCentroid
from runner.data.dataset import Dataset
from runner.models.clone import copy_model, replace_layers
from runner.models.outputs import gives_logits
from runner.prune.sparsity import prunable_weights
from runner.settings import CompressSettings
from runner.training.objective import Objective
from runner.training.train import TrainingResult, train

_START = tfmot.clustering.keras.CentroidInitialization
# The least number that TFMOT accepts for a kernel whose zeros it keeps.
LEAST_CLUSTERS = 3


def cluster(
    model: keras.Model, data: Dataset, settings: CompressSettings
) -> tuple[keras.Model, TrainingResult]:
    """Fine-tune a copy whose kernels have at most `settings.clusters` values, zero included.

    Source: Han, Mao and Dally, "Deep compression", 2016, section 3; zeros are kept as in TFMOT's
    sparsity-preserving clustering.

    Returns:
        The clustered model, without wrappers, and how its training went.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    wrapped = wrap(copy_model(model), settings.clusters)
    trained = train(wrapped, data, settings, objective=Objective(gives_logits(model)))
    return tfmot.clustering.keras.strip_clustering(wrapped), trained


def wrap(model: keras.Model, clusters: int) -> keras.Model:
    """Wrap the layers that have kernels to cluster; all layers are shared with the model.

    Args:
        clusters: number of values that a kernel may have, zero included.
    """

    def replacement(layer: keras.layers.Layer) -> keras.layers.Layer:
        kernels = [weight.numpy() for weight in prunable_weights(layer)]
        return _wrap_layer(layer, kernels[0], clusters) if kernels else layer

    return replace_layers(model, replacement)


def _wrap_layer(layer: keras.layers.Layer, kernel: Any, clusters: int) -> keras.layers.Layer:
    nonzeros = int(np.count_nonzero(kernel))
    has_zeros = nonzeros < kernel.size
    if not has_zeros and kernel.size <= clusters:
        # However it is trained, it has no more values than that.
        return layer
    # TFMOT counts zero as one of the clusters, and fails where they outnumber the weights.
    number = max(min(clusters, nonzeros + 1), LEAST_CLUSTERS) if has_zeros else clusters
    start = _START.KMEANS_PLUS_PLUS if nonzeros >= LEAST_CLUSTERS - 1 else _START.LINEAR
    return _ClusterWrapper(layer, number, start, preserve_sparsity=has_zeros)


class _ClusterWrapper(ClusterWeights):
    """Wrap a layer as TFMOT does, with a faster search for the nearest centroid."""

    def build(self, input_shape: Any) -> None:
        """Create the centroids, and replace TFMOT's search for the nearest one."""
        super().build(input_shape)
        for name, algorithm in self.clustering_algorithms.items():
            kernel = self.original_clusterable_weights[name]
            not_pruned = self.sparsity_masks.get(name, tf.ones_like(kernel)).numpy() != 0
            algorithm.get_pulling_indices = NearestCentroid(
                self.cluster_centroids[name], not_pruned
            )
