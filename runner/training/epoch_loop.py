"""A model and a split of images go in; whole epochs of it, one call into TensorFlow each, come out.

The images stay in TensorFlow's memory and the steps run inside it, one after the other: what
Keras' own fit spends between the steps of a small model takes longer than the steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data.dataset import Split
from runner.training.augment import shift_images

# What TensorFlow's kernels expect of the address of a tensor, in bytes.
_ALIGNMENT = 64
# Sum of losses and number of right answers, over images.
_Sums = tuple[Any, Any]
_NOTHING = (np.float64(0), np.int64(0))


@dataclass(frozen=True)
class EpochFigures:
    """Mean loss, and share of images classified right, over all images of an epoch."""

    loss: float
    accuracy: float


class EpochLoop:
    """Batches of one split, given to one function, in any order."""

    def __init__(
        self, split: Split, batch_size: int, step: Callable[[Any, Any], _Sums], shift: int = 0
    ) -> None:
        """Take a step, which maps images and labels of a batch to loss sum and right answers.

        Args:
            shift: images are moved by up to so many pixels each way, anew in every epoch.
        """
        self._images, self._labels = _shared(split.images), tf.constant(split.labels)
        self._batch_size, self._step, self._shift = batch_size, step, shift
        traced = tf.function(self._all, autograph=False)
        # Tracing, like the copy above, is no training: both are over before the first epoch.
        self._run = traced.get_concrete_function(
            tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, 2], tf.int32)
        )

    def epoch(self, shuffle: bool = False) -> EpochFigures:
        """Go once through all images, in their own order or in a new random one."""
        # NumPy's order, from the seed that make_repeatable sets: TensorFlow's eager shuffle keeps
        # a kernel for every call.
        images = self._images.shape[0]
        order = np.random.permutation(images) if shuffle else np.arange(images)
        shifts = np.zeros((0, 2), np.int32)
        if self._shift:
            shifts = np.random.randint(-self._shift, self._shift + 1, (images, 2), np.int32)
        loss, right = self._run(tf.constant(order, tf.int32), tf.constant(shifts))
        return EpochFigures(float(loss) / images, int(right) / images)

    def _all(self, order: Any, shifts: Any) -> _Sums:
        size = tf.shape(order)[0]

        def batch(start: Any, loss: Any, right: Any) -> tuple[Any, Any, Any]:
            chosen = order[start : start + self._batch_size]
            images, labels = tf.gather(self._images, chosen), tf.gather(self._labels, chosen)
            if self._shift:
                images = shift_images(images, shifts[start : start + self._batch_size])
            more_loss, more_right = self._step(images, labels)
            return start + self._batch_size, loss + more_loss, right + more_right

        # Each step starts from the weights that the one before it left.
        _, loss, right = tf.while_loop(
            lambda start, *_: start < size, batch, (0, *_NOTHING), parallel_iterations=1
        )
        return loss, right


def _shared(array: NDArray[np.float32]) -> Any:
    """Give TensorFlow an array as it lies in memory, which forked workers share, or a copy."""
    view = array.view()
    if view.ctypes.data % _ALIGNMENT:
        return tf.constant(array)
    # DLPack knows no read-only arrays; no operation of TensorFlow writes into its input.
    view.flags.writeable = True
    return tf.experimental.dlpack.from_dlpack(view.__dlpack__())


def training_step(model: keras.Model, logits: bool = False) -> Callable[[Any, Any], _Sums]:
    """Make the step of a compiled model that changes its weights once.

    Regularisation counts as part of the loss.
    """

    def step(images: Any, labels: Any) -> _Sums:
        with tf.GradientTape() as tape:
            scores = model(_as_taken(images, model), training=True)
            losses = _losses(labels, scores, logits)
            loss = tf.add_n([tf.reduce_mean(losses), *model.losses])
        weights = model.trainable_variables
        model.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return _sums(losses, scores, labels)

    return step


def evaluation_step(model: keras.Model, logits: bool = False) -> Callable[[Any, Any], _Sums]:
    """Make the step that only looks."""

    def step(images: Any, labels: Any) -> _Sums:
        scores = model(_as_taken(images, model), training=False)
        return _sums(_losses(labels, scores, logits), scores, labels)

    return step


def _as_taken(images: Any, model: keras.Model) -> Any:
    """Bring images into the shape that the model takes, as (784,) for (28, 28, 1)."""
    return tf.reshape(images, [-1, *model.input_shape[1:]])


def _losses(labels: Any, scores: Any, logits: bool) -> Any:
    return keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=logits)


def _sums(losses: Any, scores: Any, labels: Any) -> _Sums:
    right = tf.argmax(scores, axis=-1, output_type=labels.dtype) == labels
    return tf.reduce_sum(tf.cast(losses, tf.float64)), tf.math.count_nonzero(right)
