"""A pruned model and the data go in; a fine-tuned copy whose kernels share few values comes out."""

from typing import Any

import numpy as np

from runner.backend import ClusterWeights, keras, tf, tfmot
from runner.compress.nearest_centroid import Nearest
from runner.data.dataset import Dataset
from runner.models.clone import copied, with_layers
from runner.models.outputs import gives_logits
from runner.prune.sparsity import prunable_weights
from runner.settings import CompressSettings
from runner.training.train import Trained, train

_START = tfmot.clustering.keras.CentroidInitialization
# What TFMOT takes at the least for a kernel whose zeros it keeps.
LEAST_CLUSTERS = 3


def cluster(
    model: keras.Model, data: Dataset, settings: CompressSettings
) -> tuple[keras.Model, Trained]:
    """Fine-tune a copy whose kernels have at most `settings.clusters` values, zero included.

    Source: Han, Mao and Dally, "Deep compression", 2016, section 3; zeros are kept as in TFMOT's
    sparsity-preserving clustering.
    """
    wrapped = wrap(copied(model), settings.clusters)
    trained = train(wrapped, data, settings, logits=gives_logits(model))
    return tfmot.clustering.keras.strip_clustering(wrapped), trained


def wrap(model: keras.Model, clusters: int) -> keras.Model:
    """Wrap the layers that have kernels to cluster; all others stay as they are."""

    def wrapped(layer: keras.layers.Layer) -> keras.layers.Layer:
        kernels = [weight.numpy() for weight in prunable_weights(layer)]
        return _clustered(layer, kernels[0], clusters) if kernels else layer

    return with_layers(model, wrapped)


def _clustered(layer: keras.layers.Layer, kernel: Any, clusters: int) -> keras.layers.Layer:
    others = int(np.count_nonzero(kernel))
    has_zeros = others < kernel.size
    if not has_zeros and kernel.size <= clusters:
        # However it is trained, it has no more values than that.
        return layer
    # TFMOT counts zero as one of the clusters, and fails where they outnumber the weights.
    number = max(min(clusters, others + 1), LEAST_CLUSTERS) if has_zeros else clusters
    start = _START.KMEANS_PLUS_PLUS if others >= LEAST_CLUSTERS - 1 else _START.LINEAR
    return _Clustered(layer, number, start, preserve_sparsity=has_zeros)


class _Clustered(ClusterWeights):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        for name, algorithm in self.clustering_algorithms.items():
            kernel = self.original_clusterable_weights[name]
            kept = self.sparsity_masks.get(name, tf.ones_like(kernel)).numpy() != 0
            algorithm.get_pulling_indices = Nearest(self.cluster_centroids[name], kept)
