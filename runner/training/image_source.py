"""Give batches of images inside TensorFlow, scaled as `runner.data.scale` scales them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import tf
from runner.data.images import Images
from runner.data.scale import Scale

Pixels = NDArray[np.float32]

# In bytes: the alignment that TensorFlow's kernels require of a tensor.
_ALIGNMENT = 64


class ImageSource:
    """Images that lie in memory as they are stored; each batch is scaled as it is taken."""

    def __init__(self, images: Images) -> None:
        """Share the memory of the images.

        Raises:
            ValueError: they are to be returned to pixels, which only files take.
        """
        if images.in_pixels:
            raise ValueError("images that were returned to pixels are not trained on")
        self._stored = share_memory(images.stored)
        self._rows = None if isinstance(images.rows, range) else tf.constant(images.rows, tf.int32)
        self._first = images.rows.start if isinstance(images.rows, range) else 0
        self._one, self._scale = images.one, images.scale
        mean, std = _numbers(images.scale, images.stored.dtype)
        self._mean = mean if mean.any() else None
        # Not a constant: TensorFlow's optimizer would multiply by its reciprocal, which rounds
        # otherwise.
        self._divisor = None if np.all(std == 1) else tf.Variable(std, trainable=False)
        self._reshapes = images.one != images.stored.shape[1:]

    def batch(self, places: Any) -> Any:
        """Return images, float32 of shape (B, ...), by their places from 0, int32 of shape (B,)."""
        if self._rows is not None:
            places = tf.gather(self._rows, places)
        elif self._first:
            places += self._first
        images = self._scaled(tf.cast(tf.gather(self._stored, places), tf.float32))
        return tf.reshape(images, [-1, *self._one]) if self._reshapes else images

    def _scaled(self, images: Any) -> Any:
        """Scale as `Scale.apply` does, number for number, in the same order of operations."""
        if self._scale.bgr:
            images = tf.reverse(images, [-1])
        if self._mean is not None:
            images -= self._mean
        return images if self._divisor is None else images / self._divisor


def _numbers(scale: Scale, kind: np.dtype[Any]) -> tuple[Pixels, Pixels]:
    """Return the mean and the deviation of stored numbers."""
    unit = 1.0 if kind == np.uint8 or scale.name == "as_is" else 255.0
    mean, std = (np.asarray(part, np.float64) / unit for part in (scale.mean, scale.std))
    return mean.astype(np.float32), std.astype(np.float32)


def share_memory(array: NDArray[Any]) -> Any:
    """Give TensorFlow the memory of an array, which forked processes share, or a copy of it."""
    view = array.view()
    if view.ctypes.data % _ALIGNMENT:
        return tf.constant(array)
    # DLPack has no read-only arrays; no operation of TensorFlow writes into its input.
    view.flags.writeable = True
    return tf.experimental.dlpack.from_dlpack(view.__dlpack__())
