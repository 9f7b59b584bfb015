"""Describe how many channels are removed before pruning, and how the narrow model is trained."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from runner.settings.base import Group
from runner.settings.fields import (
    Count,
    Flag,
    Rate,
    Repeats,
    Sparsity,
)
from runner.settings.layer_fields import LayerNames, LayerShares
from runner.settings.training import TRAINING_NAMES, TrainingGroup


class _Removal(Group):
    share: Sparsity = 0.0
    """Share of the channels of each layer that is removed; 0 removes none."""
    layer_share: LayerShares = Field(default_factory=dict)
    """Shares of single layers; the first pattern that fits a layer decides."""
    multiple: Count = 4
    """Layers keep a multiple of so many channels, for odd numbers are slow; a layer that has fewer
    stays whole."""
    keep_layers: LayerNames = ()
    """Layers that keep all their channels."""
    criterion: Annotated[Literal["l2", "gamma"], Field(description="one of l2, gamma")] = "l2"
    """Which channels are kept: those whose filters have the largest L2 norm, or the largest gamma
    of batch normalization, where they have one."""
    start: Annotated[Literal["kept", "fresh"], Field(description="one of kept, fresh")] = "kept"
    """Whether the narrow model keeps the weights that are left, or is trained anew, as the baseline
    was, to see what these weights are worth."""
    epochs: Repeats = 2
    """Epochs of fine-tuning before pruning; 0 leaves that to pruning."""
    batch_size: Count = 32
    """Images in a training step."""
    learning_rate: Rate = 0.001
    """Learning rate of the optimizer; the highest one where it changes."""
    shuffle: Flag = True
    """Whether the training images come in a new order in every epoch."""


class ChannelsSettings(TrainingGroup, _Removal):
    """How many channels are removed from the baseline before it is pruned; none unless asked."""

    place: ClassVar[str] = "channels"

    @property
    def removes(self) -> bool:
        """Whether any channel is to be removed."""
        return max(self.share, *self.layer_share.values(), 0.0) > 0

    @property
    def effective(self) -> dict[str, Any]:
        """Those settings that change the figures of a point."""
        if not self.removes:
            return {"share": 0.0, "layer_share": "{}"}
        untrained = self.start == "kept" and self.epochs == 0
        of_training = {"batch_size", "learning_rate", "shuffle", *TRAINING_NAMES}
        return self.model_dump(mode="json", exclude=of_training if untrained else self.unused)
