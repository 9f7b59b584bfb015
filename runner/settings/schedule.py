"""Describe how the baseline is pruned."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from runner.settings.base import Group, impossible
from runner.settings.distillation import DistillationGroup
from runner.settings.fields import (
    Begin,
    Block,
    Count,
    End,
    Flag,
    MByN,
    Rate,
    Sparsity,
)
from runner.settings.layer_fields import LayerNames, LayerSparsities
from runner.settings.overrides import as_override
from runner.settings.training import TrainingGroup

_FINAL_SPARSITY = 0.8


class _Growth(Group):
    name: Annotated[
        Literal["polynomial", "constant"], Field(description="one of polynomial, constant")
    ] = "polynomial"
    """How sparsity rises: fast at first (polynomial; Zhu and Gupta, 2017), or at its final value
    from the first step on (constant)."""
    initial_sparsity: Sparsity = 0.5
    """Sparsity at the beginning; with `schedule=constant` it is the final sparsity."""
    final_sparsity: Sparsity = _FINAL_SPARSITY
    """Sparsity at the end: the share of the prunable weights that are zero."""
    epochs: Count = 2
    """Epochs of fine-tuning."""
    batch_size: Count = 32
    """Images in a training step."""
    learning_rate: Rate = 0.001
    """Learning rate of the optimizer; the highest one where it changes."""
    shuffle: Flag = True
    """Whether the training images come in a new order in every epoch."""
    begin: Begin = 0.0
    """Share of the fine-tuning after which pruning begins."""
    end: End = 0.75
    """Share of the fine-tuning after which pruning ends, and the weights recover."""
    dense_layers: LayerNames = ()
    """Layers that are not pruned."""
    layer_sparsity: LayerSparsities = Field(default_factory=dict)
    """Final sparsity of single layers; the first pattern that fits a layer decides."""
    block_size: Block = (1, 1)
    """Inputs and outputs of the blocks of weights that become zero together; dense layers only."""
    block_pooling: Annotated[Literal["avg", "max"], Field(description="one of avg, max")] = "avg"
    """Whether a block is judged by the average or by the largest of its weights."""
    m_by_n: MByN = None
    """m of every n weights in a row that become zero; the final sparsity is then m/n."""
    policy: Annotated[Literal["all", "xnnpack"], Field(description="one of all, xnnpack")] = "all"
    """Whether all layers are pruned, or only the 1x1 convolutions that XNNPACK runs faster when
    they are sparse."""


class ScheduleSettings(DistillationGroup, TrainingGroup, _Growth):
    """How sparsity grows while the baseline is fine-tuned; begin and end are shares of it."""

    place: ClassVar[str] = "schedule"

    @classmethod
    def dependent_defaults(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the initial sparsity of a constant schedule: it is the final one."""
        if values.get("name") == "constant":
            return {"initial_sparsity": values.get("final_sparsity", _FINAL_SPARSITY)}
        return {}

    @model_validator(mode="after")
    def _values_fit_together(self) -> Self:
        if self.begin >= self.end:
            raise impossible("schedule.begin", self.begin, f"below schedule.end={self.end}")
        if self.initial_sparsity > self.final_sparsity:
            accepted = f"at most schedule.final_sparsity={self.final_sparsity}"
            raise impossible("schedule.initial_sparsity", self.initial_sparsity, accepted)
        if self.name == "constant" and self.initial_sparsity != self.final_sparsity:
            accepted = f"schedule.final_sparsity={self.final_sparsity} in a constant schedule"
            raise impossible("schedule.initial_sparsity", self.initial_sparsity, accepted)
        self._has_several_last_epochs()
        self._policy_has_no_pattern()
        if self.m_by_n:
            self._goes_with(self.m_by_n)
        return self

    def _has_several_last_epochs(self) -> None:
        """Refuse early stopping where only one epoch ends with the final sparsity."""
        # The share of an epoch may come out a little above a whole number of epochs.
        if self.early_stopping and math.ceil(round(self.end * self.epochs, 6)) >= self.epochs:
            accepted = (
                f"null with schedule.epochs={self.epochs} and schedule.end={self.end}: only the "
                "last epoch ends with the final sparsity"
            )
            raise impossible("schedule.early_stopping", self.early_stopping, accepted)

    def _policy_has_no_pattern(self) -> None:
        for name, neutral in (("block_size", (1, 1)), ("m_by_n", None)):
            value = getattr(self, name)
            if self.policy == "xnnpack" and value != neutral:
                accepted = (
                    f"{as_override(neutral)} with schedule.policy=xnnpack: it prunes single weights"
                )
                raise impossible(f"schedule.{name}", as_override(value), accepted)

    def _goes_with(self, m_by_n: tuple[int, int]) -> None:
        """Refuse what m of n leaves without effect: it prunes once, in the first training step."""
        share = round(m_by_n[0] / m_by_n[1], 4)
        within = f"with schedule.m_by_n={as_override(m_by_n)}"
        # The final sparsity first: in a constant schedule the initial one follows it.
        for name in ("final_sparsity", "initial_sparsity"):
            value = getattr(self, name)
            if round(value, 4) != share:
                raise impossible(f"schedule.{name}", value, f"{share} {within}")
        fixed = {"begin": 0.0, "layer_sparsity": {}, "block_size": (1, 1)}
        for name, only in fixed.items():
            value = getattr(self, name)
            if value != only:
                raise impossible(
                    f"schedule.{name}", as_override(value), f"{as_override(only)} {within}"
                )

    @property
    def depends_on_shapes(self) -> bool:
        """Whether names and kinds of layers do not tell what can be pruned."""
        return self.policy != "all" or self.m_by_n is not None or self.block_size != (1, 1)

    @property
    def unused(self) -> set[str]:
        """The names of those settings of training that others leave without effect."""
        return super().unused | self.unused_of_distillation

    @property
    def effective(self) -> dict[str, Any]:
        """Those settings that change the figures of a point."""
        ignored = {"block_pooling"} if self.block_size == (1, 1) else set()
        return self.model_dump(mode="json", exclude=ignored | self.unused)
