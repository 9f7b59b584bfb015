"""A kernel and the values that it may have go in; which value each weight takes comes out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import tf


class Nearest:
    """Find the nearest value by its place among the sorted ones, for weights that are not pruned.

    TFMOT measures the distance of every weight to every value, which takes longer than all the rest
    of a training step.
    """

    def __init__(self, values: tf.Variable, kept: NDArray[np.bool_]) -> None:
        """Take the variable with the values, and where a kernel is not zero for good."""
        self._values = values
        self._shape, self._kept = kept.shape, np.flatnonzero(kept)

    def __call__(self, kernel: Any) -> Any:
        """Return an index for each weight, in the kernel's shape."""
        order = tf.argsort(self._values)
        ordered = tf.gather(self._values, order)
        middles = (ordered[1:] + ordered[:-1]) / 2
        weights = tf.gather(tf.reshape(kernel, [-1]), self._kept)
        found = tf.gather(order, tf.searchsorted(middles, weights))
        zero = tf.argmin(tf.abs(self._values), output_type=tf.int32)
        zeros = tf.fill([int(np.prod(self._shape))], zero)
        indices = tf.tensor_scatter_nd_update(zeros, self._kept[:, np.newaxis], found)
        return tf.cast(tf.reshape(indices, self._shape), tf.int64)
