"""Raw values of what happens to the baseline go in; frozen settings that fit together come out."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_serializer, field_validator, model_validator

from runner.settings.base import Group, impossible
from runner.settings.fields import (
    Begin,
    Block,
    Count,
    End,
    Flag,
    LayerNames,
    LayerSparsities,
    MByN,
    Rate,
    Sparsity,
)
from runner.settings.overrides import typed


class ScheduleSettings(Group):
    """How sparsity grows while the baseline is fine-tuned; begin and end are shares of it."""

    name: Annotated[
        Literal["polynomial", "constant"], Field(description="one of polynomial, constant")
    ]
    initial_sparsity: Sparsity
    final_sparsity: Sparsity
    epochs: Count
    batch_size: Count
    learning_rate: Rate
    shuffle: Flag
    begin: Begin
    end: End
    dense_layers: LayerNames
    layer_sparsity: LayerSparsities
    block_size: Block
    block_pooling: Annotated[Literal["avg", "max"], Field(description="one of avg, max")]
    m_by_n: MByN
    policy: Annotated[Literal["all", "xnnpack"], Field(description="one of all, xnnpack")]

    @field_validator("layer_sparsity", mode="before")
    @classmethod
    def _also_null_or_written(cls, value: object) -> object:
        # Hydra takes new keys for a setting that is null, but not for one that is {}.
        if value is None:
            return {}
        return json.loads(value) if isinstance(value, str) else value

    @field_serializer("layer_sparsity", when_used="json")
    def _written(self, value: dict[str, float]) -> str:
        """Write it as one value whose order stays: the first pattern that fits decides."""
        return json.dumps(value)

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
        self._policy_has_no_pattern()
        if self.m_by_n:
            self._goes_with(self.m_by_n)
        return self

    def _policy_has_no_pattern(self) -> None:
        for name, neutral in (("block_size", (1, 1)), ("m_by_n", None)):
            value = getattr(self, name)
            if self.policy == "xnnpack" and value != neutral:
                accepted = (
                    f"{typed(neutral)} with schedule.policy=xnnpack: it prunes single weights"
                )
                raise impossible(f"schedule.{name}", typed(value), accepted)

    def _goes_with(self, m_by_n: tuple[int, int]) -> None:
        """Refuse what m of n leaves without effect: it prunes once, in the first training step."""
        share = round(m_by_n[0] / m_by_n[1], 4)
        within = f"with schedule.m_by_n={typed(m_by_n)}"
        # The final sparsity first: in a constant schedule the initial one follows it.
        for name in ("final_sparsity", "initial_sparsity"):
            value = getattr(self, name)
            if round(value, 4) != share:
                raise impossible(f"schedule.{name}", value, f"{share} {within}")
        fixed = {"begin": 0.0, "layer_sparsity": {}, "block_size": (1, 1)}
        for name, only in fixed.items():
            value = getattr(self, name)
            if value != only:
                raise impossible(f"schedule.{name}", typed(value), f"{typed(only)} {within}")

    @property
    def depends_on_shapes(self) -> bool:
        """Whether names and kinds of layers do not tell what can be pruned."""
        return self.policy != "all" or self.m_by_n is not None or self.block_size != (1, 1)

    @property
    def counting(self) -> dict[str, Any]:
        """Those settings that change what comes out."""
        ignored = {"block_pooling"} if self.block_size == (1, 1) else set()
        return self.model_dump(mode="json", exclude=ignored)
