"""Choose which weights a mask keeps: the same as TFMOT, without sorting all of them."""

from typing import Any

from runner.backend import Pruning, tf
from runner.prune.sparsity_schedule import SparsitySchedule

# Bits of the largest float32 below the normal numbers. TensorFlow compares these as zero.
_LARGEST_DENORMAL = 0x007FFFFF


class MaskUpdate(Pruning):
    """Keep the largest weights, or blocks of them by their own weights, also at ragged edges.

    Threshold and mask of single weights have the same bits as TFMOT's, which sorts all weights at
    each update. A NaN counts as larger than all numbers; TFMOT does not define its order.

    TFMOT pools blocks with padding on both sides but masks from the first weight on: where the
    last block lacks two rows or columns or more, it prunes blocks by their neighbours' weights. And
    where one block spans all rows or columns, its squeezed dimensions make it fail.
    """

    def _update_mask(self, weights: Any) -> tuple[Any, Any]:
        if weights.dtype != tf.float32:
            threshold, mask = super()._update_mask(weights)
            return threshold, mask
        magnitudes = tf.abs(weights)
        threshold = _kth_largest(tf.reshape(magnitudes, [-1]), self._kept_share)
        return threshold, tf.cast(magnitudes >= threshold, weights.dtype)

    @property
    def _kept_share(self) -> Any:
        schedule, step = self._pruning_schedule, self._step_fn()
        if isinstance(schedule, SparsitySchedule):
            return schedule.kept(step)
        return 1 - schedule(step)[1]

    def _maybe_update_block_mask(self, weights: Any) -> tuple[Any, Any]:
        if self._sparsity_m_by_n or self._block_size == [1, 1]:
            threshold, mask = super()._maybe_update_block_mask(weights)
            return threshold, mask
        (rows, columns), (height, width) = weights.shape, self._block_size
        threshold, block_mask = self._update_mask(self._pool(weights))
        mask = tf.repeat(tf.repeat(block_mask, height, axis=0), width, axis=1)
        return threshold, mask[:rows, :columns]

    def _pool(self, weights: Any) -> Any:
        """Reduce the magnitudes of each block to one number, shape (rows, columns) of blocks."""
        (rows, columns), (height, width) = weights.shape, self._block_size
        edges = [[0, -rows % height], [0, -columns % width]]

        def in_blocks(values: Any) -> Any:
            return tf.reshape(tf.pad(values, edges), [-(-rows // height), height, -1, width])

        magnitudes = in_blocks(tf.abs(weights))
        if self._block_pooling_type == "MAX":
            return tf.reduce_max(magnitudes, axis=[1, 3])
        # The padding of the last blocks does not count.
        number = tf.reduce_sum(in_blocks(tf.ones_like(weights)), axis=[1, 3])
        return tf.reduce_sum(magnitudes, axis=[1, 3]) / number


def _kth_largest(magnitudes: Any, kept: Any) -> Any:
    """Return the smallest magnitude that is kept, and among equal ones the first k's last.

    Args:
        magnitudes: shape (weights,), float32, none below zero.
        kept: share that is not to be zero, from 0 to 1; float32.
    """
    size = tf.size(magnitudes)
    share = tf.round(tf.cast(size, tf.float32) * kept)
    # As float32, the size of a large weight may be rounded up.
    k = tf.minimum(tf.cast(tf.maximum(share, 1), tf.int32), size)
    # Magnitudes are ordered as their bits are. What TensorFlow compares as equal comes in the order
    # of its places, as in a sort: only then is a threshold that is denormal the same as TFMOT's.
    bits = tf.maximum(tf.bitcast(magnitudes, tf.int32), _LARGEST_DENORMAL)
    ordered = tf.cast(bits, tf.int64) * 2**32 - tf.range(tf.cast(size, tf.int64))
    # It has no kernel for a GPU; TensorFlow then runs it on the CPU.
    kth = tf.raw_ops.NthElement(input=ordered, n=k - 1, reverse=True)
    return tf.gather(magnitudes, tf.bitwise.bitwise_and(-kth, 2**32 - 1))
