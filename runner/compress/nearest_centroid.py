"""Find the nearest centroid of each weight by binary search."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import tf


class NearestCentroid:
    """Assign weights that are not pruned to centroids, by binary search among the sorted ones.

    TFMOT computes the distance of every weight to every centroid, which takes longer than all the
    rest of a training step.
    """

    def __init__(self, centroids: tf.Variable, not_pruned: NDArray[np.bool_]) -> None:
        """Take the centroids and a mask of a kernel.

        Args:
            centroids: variable of shape (clusters,); its values may change later.
            not_pruned: in the shape of the kernel; False where the kernel stays zero.
        """
        self._centroids = centroids
        self._shape, self._not_pruned = not_pruned.shape, np.flatnonzero(not_pruned)

    def __call__(self, kernel: Any) -> Any:
        """Return the index of a centroid for each weight, int64 in the kernel's shape."""
        order = tf.argsort(self._centroids)
        ordered = tf.gather(self._centroids, order)
        middles = (ordered[1:] + ordered[:-1]) / 2
        weights = tf.gather(tf.reshape(kernel, [-1]), self._not_pruned)
        nearest = tf.gather(order, tf.searchsorted(middles, weights))
        zero = tf.argmin(tf.abs(self._centroids), output_type=tf.int32)
        zeros = tf.fill([int(np.prod(self._shape))], zero)
        indices = tf.tensor_scatter_nd_update(zeros, self._not_pruned[:, np.newaxis], nearest)
        return tf.cast(tf.reshape(indices, self._shape), tf.int64)
