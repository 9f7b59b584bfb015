"""Say in each training step how sparse a layer becomes, from a table that can be set anew."""

from collections.abc import Sequence
from typing import Any

from runner.backend import tf, tfmot
from runner.prune.update_steps import PruningSteps


class SparsitySchedule(tfmot.sparsity.keras.PruningSchedule):
    """The values of a schedule of TFMOT's as variables, where TFMOT has constants.

    So a traced training can be used again for another sparsity, and for more or fewer steps.
    """

    def __init__(self) -> None:
        """Create the variables; `set` gives them their values."""
        self._begin, self._end, self._frequency = (_variable(0) for _ in range(3))
        # By mask update; how many there are may change.
        self._kept = _variable([1.0], [None])

    def set(self, steps: PruningSteps, kept: Sequence[float]) -> None:
        """Set the values.

        Args:
            steps: when masks are updated.
            kept: share of weights that are not zero, from 0 to 1, one a mask update.
        """
        self._begin.assign(steps.begin)
        self._end.assign(steps.end)
        self._frequency.assign(steps.frequency)
        self._kept.assign(kept)

    def __call__(self, step: Any) -> tuple[Any, Any]:
        """Return whether a step, from 1, updates the masks, and to which sparsity."""
        due = self._should_prune_in_step(step, self._begin, self._end, self._frequency)
        return due, 1 - self.kept(step)

    def kept(self, step: Any) -> Any:
        """Return the share of weights that are not zero after a step that updates the masks."""
        return tf.gather(self._kept, (step - self._begin) // self._frequency)

    def get_config(self) -> dict[str, Any]:
        """Return nothing: no model is written while it is pruned."""
        return {}


def kept_shares(schedule: Any, steps: PruningSteps) -> list[float]:
    """Return the share that is kept at each mask update, with the bits of TFMOT's schedule.

    In a training TensorFlow computes 1 - sparsity in one, and rounds once: so it is done here. And
    it rounds otherwise where it computes several at a time.
    """
    traced = tf.function(lambda step: 1 - schedule(step)[1], autograph=False)
    updates = range(steps.begin, steps.end + 1, steps.frequency)
    return [float(traced(tf.constant(step, tf.int64))) for step in updates]


def _variable(value: Any, shape: Any = ()) -> Any:
    kind = tf.float32 if shape else tf.int64
    return tf.Variable(value, trainable=False, dtype=kind, shape=tf.TensorShape(shape))
