"""Describe how the dense model is trained that every pruned one starts from."""

from typing import Any, ClassVar

from runner.settings.base import Group
from runner.settings.fields import Count, Flag, Rate, Repeats
from runner.settings.training import TrainingGroup


class _Length(Group):
    epochs: Repeats = 10
    """Epochs of training. 0 takes the weights of `architecture=keras_file` as they are, which is
    its default."""
    batch_size: Count = 32
    """Images in a training step."""
    learning_rate: Rate = 0.001
    """Learning rate of the optimizer; the highest one where it changes."""
    shuffle: Flag = True
    """Whether the training images come in a new order in every epoch."""


class BaselineSettings(TrainingGroup, _Length):
    """How the dense model is trained, before any pruning."""

    place: ClassVar[str] = "baseline"

    @property
    def effective(self) -> dict[str, Any]:
        """Those settings that change the weights."""
        return self.model_dump(mode="json", exclude=self.unused)
