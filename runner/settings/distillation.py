"""Describe how the pruned model learns from the answers of the baseline."""

from runner.settings.base import Group
from runner.settings.fields import End, Flag, Rate


class DistillationGroup(Group):
    """Whether a model learns from another one beside the labels, and how much."""

    distill: Flag = False
    """Whether the model is fine-tuned on the answers of the baseline beside the labels (Hinton,
    Vinyals and Dean, 2015)."""
    distill_weight: End = 0.5
    """Share that these answers have in the loss; the labels have the rest."""
    distill_temperature: Rate = 1.0
    """Temperature at which the answers of both are compared; 1 takes them as they are, a higher one
    lets the classes count more that the baseline takes for unlikely."""

    @property
    def unused_of_distillation(self) -> set[str]:
        """The names of those settings that have no effect."""
        return set() if self.distill else {"distill_weight", "distill_temperature"}
