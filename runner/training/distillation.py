"""Learn from the answers of another model beside the labels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.backend import keras, tf
from runner.data.images import AnyImages, at_once
from runner.models.outputs import class_scores, gives_logits

_BATCH = 1000


@dataclass(frozen=True)
class Distillation:
    """How a model, the student, learns from another one, the teacher.

    For an image with the label y, logits z of the student and logits v of the teacher, it minimizes

        (1 - w) H(y, softmax(z)) + w T^2 H(softmax(v / T), softmax(z / T))

    where H(q, p) = -sum(q log p) is the crossentropy. The gradients of the second part shrink as
    1 / T^2, so that T^2 keeps the parts in proportion at every temperature.

    Source: Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015.

    Attributes:
        teacher: a trained model, which stays as it is.
        weight: w, from 0 to 1.
        temperature: T, above 0.
    """

    teacher: keras.Model
    weight: float
    temperature: float

    def blend(self, losses: Any, scores: Any, logits: bool, answers: Any) -> Any:
        """Return what is minimized for each image, float32, shape (N,).

        Args:
            losses: crossentropy of the student with the labels, shape (N,).
            scores: what the student gives for each class, shape (N, K).
            logits: whether these are logits rather than probabilities.
            answers: logits of the teacher, shape (N, K).
        """
        wanted = tf.nn.softmax(answers / self.temperature)
        given = tf.nn.log_softmax(_logits(scores, logits) / self.temperature)
        soft = -tf.reduce_sum(wanted * given, axis=-1)
        return (1 - self.weight) * losses + self.weight * self.temperature**2 * soft

    def answers(self, images: Any) -> Any:
        """Return the teacher's logits, float32, shape (N, K)."""
        shaped = tf.reshape(images, [-1, *self.teacher.input_shape[1:]])
        logits = gives_logits(self.teacher)
        return _logits(class_scores(self.teacher(shaped, training=False), logits), logits)

    def answers_of(self, images: AnyImages, varied: bool) -> Callable[[Any, Any], Any]:
        """Return what finds the teacher's logits for images of a batch, by indices and images.

        Images that stay the same are answered here, once. Of those that vary, the teacher has to
        see what the student sees, in every step.

        Args:
            images: all training images, shape (N, ...).
            varied: whether they are another in every epoch.
        """
        if varied:
            return lambda _, batch: self.answers(batch)
        answer = tf.function(self.answers, autograph=False).get_concrete_function(
            tf.TensorSpec([None, *images.shape[1:]], tf.float32)
        )
        size = at_once(images, _BATCH)
        starts = range(0, len(images), size)
        parts = [answer(tf.constant(images[start : start + size])) for start in starts]
        table = tf.concat(parts, axis=0)
        return lambda indices, _: tf.gather(table, indices)


def _logits(scores: Any, logits: bool) -> Any:
    """Return logits of scores for classes: of probabilities, their logarithms, which are logits."""
    if logits:
        return scores
    # Keras keeps what went into its softmax, which is exact also for the smallest probabilities.
    before = getattr(scores, "_keras_logits", None)
    if before is not None:
        return before
    return tf.math.log(tf.clip_by_value(scores, keras.backend.epsilon(), 1.0))
