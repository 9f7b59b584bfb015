"""Describe what the settings of all training have in common, besides its length."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from runner.settings.base import Group, impossible
from runner.settings.fields import Decay, Momentum, NumberOfEpochs, OptionalCount


class TrainingGroup(Group):
    """How a model is trained; every default is that of earlier versions.

    Attributes:
        place: name of the group, as it is typed.
    """

    place: ClassVar[str]

    optimizer: Annotated[Literal["adam", "sgd"], Field(description="one of adam, sgd")] = "adam"
    """Optimizer: Adam, or stochastic gradient descent with momentum."""
    momentum: Momentum = 0.9
    """Momentum of `optimizer=sgd`."""
    learning_rate_schedule: Annotated[
        Literal["constant", "cosine", "exponential"],
        Field(description="one of constant, cosine, exponential"),
    ] = "constant"
    """How the learning rate goes on: it stays (constant), falls to 0 along half a cosine wave
    (cosine; Loshchilov and Hutter, 2017), or by the same factor in every epoch (exponential)."""
    decay_rate: Decay = 0.9
    """Factor of the learning rate in an epoch of `learning_rate_schedule=exponential`."""
    warmup_epochs: NumberOfEpochs = 0.0
    """Epochs, or a part of one, in which the learning rate rises evenly to its full value first."""
    class_weights: Annotated[Literal["balanced"] | None, Field(description="balanced, or null")] = (
        None
    )
    """Whether all images count the same (null), or those of rare classes more, so that all classes
    do (balanced)."""
    early_stopping: OptionalCount = None
    """Epochs without a lower validation loss after which training ends; the weights of the best
    epoch are taken. null trains for all epochs, and takes the last weights."""

    @property
    def unused(self) -> set[str]:
        """The names of those settings that others leave without effect."""
        takers = {"momentum": self.optimizer == "sgd"}
        takers["decay_rate"] = self.learning_rate_schedule == "exponential"
        return {name for name, taken in takers.items() if not taken}

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        # Each group says for itself how few epochs it takes.
        epochs: int = vars(self)["epochs"]
        given = f"{self.place}.epochs={epochs}"
        if self.warmup_epochs and self.warmup_epochs >= epochs:
            raise impossible(f"{self.place}.warmup_epochs", self.warmup_epochs, f"below {given}")
        if self.early_stopping and epochs < 2:
            accepted = f"null with {given}: there is no best of several epochs"
            raise impossible(f"{self.place}.early_stopping", self.early_stopping, accepted)
        return self


TRAINING_NAMES = frozenset(TrainingGroup.model_fields)
