"""Describe what follows pruning: clustering, quantization-aware training."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from runner.settings.base import Group
from runner.settings.fields import (
    Clusters,
    Count,
    Flag,
    Rate,
)
from runner.settings.training import TrainingGroup


class _Stages(Group):
    name: Annotated[
        Literal["none", "cluster", "qat", "cluster_qat"],
        Field(description="one of none, cluster, qat, cluster_qat"),
    ] = "none"
    """What follows pruning: nothing, clustering, quantization-aware training, or one after the
    other."""
    clusters: Clusters = 16
    """Distinct weights in a layer after clustering, zero included."""
    epochs: Count = 2
    """Epochs of fine-tuning in each stage."""
    batch_size: Count = 32
    """Images in a training step."""
    learning_rate: Rate = 0.0001
    """Learning rate of each stage."""
    shuffle: Flag = True
    """Whether the training images come in a new order in every epoch."""


class CompressSettings(TrainingGroup, _Stages):
    """How weights are clustered and quantized after pruning; each stage is fine-tuned so long."""

    place: ClassVar[str] = "compress"

    @property
    def clusters_weights(self) -> bool:
        """Whether weights are made to share a few values."""
        return self.name in ("cluster", "cluster_qat")

    @property
    def quantizes(self) -> bool:
        """Whether fine-tuning is aware of the quantization that follows."""
        return self.name in ("qat", "cluster_qat")

    @property
    def effective(self) -> dict[str, Any]:
        """Those settings that change the figures of a point."""
        if self.name == "none":
            return {"name": self.name}
        ignored = set() if self.clusters_weights else {"clusters"}
        return self.model_dump(mode="json", exclude=ignored | self.unused)
