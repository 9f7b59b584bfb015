"""Run whole epochs inside TensorFlow, with one call each.

The images stay as they are stored, and each batch is scaled. Keras' own fit returns to Python after
each step, and that takes longer than the steps of a small model themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data.split import Split
from runner.models.outputs import class_scores
from runner.training.augment import Augmentation
from runner.training.image_source import ImageSource
from runner.training.objective import LABELS, Objective
from runner.training.unit_strides import unit_strides

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
        step: Callable[..., _Sums],
        augmentation: Augmentation | None = None,
        answers: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        """Copy or share the images, and trace the step.

        Args:
            split: images of shape (N, H, W, C) and their labels.
            batch_size: number of images in a step; the last batch may be smaller.
            step: maps images and labels of a batch, and answers where there are some, to the sum
                of its losses and the number of its correct answers.
            augmentation: varies the images in every epoch; None leaves them as they are.
            answers: finds what else the step takes, by the indices and the images of a batch.
        """
        self._images, self._labels = ImageSource(split.images), tf.constant(split.labels)
        self._batch_size, self._step = batch_size, step
        self._augmentation, self._answers = augmentation, answers
        traced = tf.function(self._run_batches, autograph=False)
        # Traced now, so that the time of the first epoch does not include it.
        self._run = traced.get_concrete_function(
            tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, 2], tf.int32)
        )

    def run_epoch(self, shuffle: bool = False) -> EpochFigures:
        """Go once through all images, in their own order or in a new random one."""
        # NumPy's generator, seeded by make_repeatable, because TensorFlow's eager shuffle keeps a
        # kernel for every call.
        images = self._labels.shape[0]
        order = np.random.permutation(images) if shuffle else np.arange(images)
        none = np.zeros((0, 2), np.int32)
        shifts = self._augmentation.draw(images) if self._augmentation else none
        loss, correct = self._run(tf.constant(order, tf.int32), tf.constant(shifts))
        return EpochFigures(float(loss) / images, int(correct) / images)

    def _run_batches(self, order: Any, shifts: Any) -> _Sums:
        size = tf.shape(order)[0]

        def batch(start: Any, loss: Any, correct: Any) -> tuple[Any, Any, Any]:
            indices = order[start : start + self._batch_size]
            images, labels = self._images.batch(indices), tf.gather(self._labels, indices)
            if self._augmentation:
                moves = shifts[start : start + self._batch_size]
                images = self._augmentation.apply(images, moves)
            more = [self._answers(indices, images)] if self._answers else []
            batch_loss, batch_correct = self._step(images, labels, *more)
            return start + self._batch_size, loss + batch_loss, correct + batch_correct

        # One step after the other, because each changes the weights.
        _, loss, correct = tf.while_loop(
            lambda start, *_: start < size, batch, (0, *_ZERO_SUMS), parallel_iterations=1
        )
        return loss, correct


def training_step(
    model: keras.Model,
    objective: Objective = LABELS,
    class_weights: NDArray[np.float32] | None = None,
) -> Callable[..., _Sums]:
    """Make the step that updates the weights of a compiled model once.

    The model minimizes its objective and its regularization losses; the step returns crossentropy
    with the labels, whatever else is minimized.

    Args:
        class_weights: how much the images of each class count, shape (K,); None for all the same.
    """
    logits = objective.logits

    def step(images: Any, labels: Any, *answers: Any) -> _Sums:
        with tf.GradientTape() as tape, unit_strides():
            scores = class_scores(model(_reshape(images, model), training=True), logits)
            losses = _losses(labels, scores, logits)
            minimized = objective.minimized(losses, scores, *answers)
            if class_weights is not None:
                minimized *= tf.gather(class_weights, labels)
            loss = tf.add_n([tf.reduce_mean(minimized), *model.losses])
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
