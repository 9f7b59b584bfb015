"""Say which learning rate each training step has."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from runner.backend import keras, tf


@dataclass(frozen=True)
class RateSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Let the learning rate rise evenly at first, then stay or fall.

    Attributes:
        name: `constant`, `cosine` or `exponential`.
        rate: the full learning rate, which it has after the rise.
        decay_rate: by which it is multiplied in an epoch, if it falls exponentially.
        warmup: number of steps in which it rises; the last of them has the full rate.
        epoch: number of steps in an epoch.
        total: number of all steps.

    Sources: the rise, Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2; the fall by
    a cosine, Loshchilov and Hutter, "SGDR", 2017, equation 5, with one period.
    """

    name: str
    rate: float
    decay_rate: float
    warmup: int
    epoch: int
    total: int

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, float32; steps count from 0."""
        step = tf.cast(step, tf.float32)
        rise = tf.minimum((step + 1) / max(self.warmup, 1), 1.0)
        return self.rate * rise * self._fall(tf.maximum(step - self.warmup, 0.0))

    def _fall(self, step: Any) -> Any:
        """Return the share of the full rate that is left so many steps after the rise."""
        if self.name == "cosine":
            return (1 + tf.cos(math.pi * step / (self.total - self.warmup))) / 2
        if self.name == "exponential":
            return tf.constant(self.decay_rate) ** (step / self.epoch)
        return tf.constant(1.0)

    def get_config(self) -> dict[str, Any]:
        """Return the attributes, as Keras asks of a schedule."""
        return asdict(self)
