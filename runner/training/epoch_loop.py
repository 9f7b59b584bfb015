"""Run whole epochs inside TensorFlow, with one call each.

The images stay in TensorFlow's memory. Keras' own fit returns to Python after each step, and that
takes longer than the steps of a small model themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data.split import Split
from runner.models.outputs import class_scores
from runner.training.augment import shift_images
from runner.training.unit_strides import unit_strides

# In bytes: the alignment that TensorFlow's kernels require of a tensor.
_ALIGNMENT = 64
# Sum of losses and number of correct answers, over images.
_Sums = tuple[Any, Any]
_ZERO_SUMS = (np.float64(0), np.int64(0))


@dataclass(frozen=True)
class EpochFigures:
    """Hold the mean loss and the share of correct answers, from 0 to 1, of one epoch."""

    loss: float
    accuracy: float


class EpochLoop:
    """Run one step function on all batches of a split."""

    def __init__(
        self,
        split: Split,
        batch_size: int,
        step: Callable[[Any, Any], _Sums],
        shift: int = 0,
        black: Any = 0.0,
    ) -> None:
        """Copy or share the images, and trace the step.

        Args:
            split: images of shape (N, H, W, C) and their labels.
            batch_size: number of images in a step; the last batch may be smaller.
            step: maps images and labels of a batch to the sum of its losses and the number of its
                correct answers.
            shift: number of pixels by which images move at most in each direction, at random in
                every epoch.
            black: what a black pixel is, which fills the border then; one number or one a channel.
        """
        self._images, self._labels = _share_memory(split.images), tf.constant(split.labels)
        self._batch_size, self._step = batch_size, step
        self._shift, self._black = shift, black
        traced = tf.function(self._run_batches, autograph=False)
        # Traced now, so that the time of the first epoch does not include it.
        self._run = traced.get_concrete_function(
            tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, 2], tf.int32)
        )

    def run_epoch(self, shuffle: bool = False) -> EpochFigures:
        """Go once through all images, in their own order or in a new random one."""
        # NumPy's generator, seeded by make_repeatable, because TensorFlow's eager shuffle keeps a
        # kernel for every call.
        images = self._images.shape[0]
        order = np.random.permutation(images) if shuffle else np.arange(images)
        shifts = np.zeros((0, 2), np.int32)
        if self._shift:
            shifts = np.random.randint(-self._shift, self._shift + 1, (images, 2), np.int32)
        loss, correct = self._run(tf.constant(order, tf.int32), tf.constant(shifts))
        return EpochFigures(float(loss) / images, int(correct) / images)

    def _run_batches(self, order: Any, shifts: Any) -> _Sums:
        size = tf.shape(order)[0]

        def batch(start: Any, loss: Any, correct: Any) -> tuple[Any, Any, Any]:
            indices = order[start : start + self._batch_size]
            images, labels = tf.gather(self._images, indices), tf.gather(self._labels, indices)
            if self._shift:
                moves = shifts[start : start + self._batch_size]
                images = shift_images(images, moves, self._black)
            batch_loss, batch_correct = self._step(images, labels)
            return start + self._batch_size, loss + batch_loss, correct + batch_correct

        # One step after the other, because each changes the weights.
        _, loss, correct = tf.while_loop(
            lambda start, *_: start < size, batch, (0, *_ZERO_SUMS), parallel_iterations=1
        )
        return loss, correct


def _share_memory(array: NDArray[np.float32]) -> Any:
    """Give TensorFlow the memory of an array, which forked processes share, or a copy of it."""
    view = array.view()
    if view.ctypes.data % _ALIGNMENT:
        return tf.constant(array)
    # DLPack has no read-only arrays; no operation of TensorFlow writes into its input.
    view.flags.writeable = True
    return tf.experimental.dlpack.from_dlpack(view.__dlpack__())


def training_step(model: keras.Model, logits: bool = False) -> Callable[[Any, Any], _Sums]:
    """Make the step that updates the weights of a compiled model once.

    The model minimizes crossentropy and its regularization losses; the step returns the former.

    Args:
        logits: whether the model gives logits rather than probabilities.
    """

    def step(images: Any, labels: Any) -> _Sums:
        with tf.GradientTape() as tape, unit_strides():
            scores = class_scores(model(_reshape(images, model), training=True), logits)
            losses = _losses(labels, scores, logits)
            loss = tf.add_n([tf.reduce_mean(losses), *model.losses])
        weights = model.trainable_variables
        model.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return _sums(losses, scores, labels)

    return step


def evaluation_step(model: keras.Model, logits: bool = False) -> Callable[[Any, Any], _Sums]:
    """Make the step that computes losses and correct answers and changes nothing.

    Args:
        logits: whether the model gives logits rather than probabilities.
    """

    def step(images: Any, labels: Any) -> _Sums:
        scores = class_scores(model(_reshape(images, model), training=False), logits)
        return _sums(_losses(labels, scores, logits), scores, labels)

    return step


def _reshape(images: Any, model: keras.Model) -> Any:
    """Reshape images to the shape that the model takes, as (784,) for (28, 28, 1)."""
    return tf.reshape(images, [-1, *model.input_shape[1:]])


def _losses(labels: Any, scores: Any, logits: bool) -> Any:
    return keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=logits)


def _sums(losses: Any, scores: Any, labels: Any) -> _Sums:
    correct = tf.argmax(scores, axis=-1, output_type=labels.dtype) == labels
    return tf.reduce_sum(tf.cast(losses, tf.float64)), tf.math.count_nonzero(correct)
