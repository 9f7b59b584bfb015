"""Say what training minimizes."""

from dataclasses import dataclass
from typing import Any

from runner.training.distillation import Distillation


@dataclass(frozen=True)
class Objective:
    """What is minimized, besides regularization losses, and over which epochs.

    Attributes:
        logits: whether the model gives logits rather than probabilities.
        distillation: another model to learn from; None for the labels alone.
        first_epoch: the first epoch, from 1, whose weights early stopping may take.
    """

    logits: bool = False
    distillation: Distillation | None = None
    first_epoch: int = 1

    def minimized(self, losses: Any, scores: Any, *answers: Any) -> Any:
        """Return what is minimized for each image, float32, shape (N,).

        Args:
            losses: crossentropy with the labels, shape (N,).
            scores: what the model gives for each class, shape (N, K).
            answers: logits of the other model, shape (N, K), where there is one.
        """
        if self.distillation is None:
            return losses
        return self.distillation.blend(losses, scores, self.logits, *answers)


LABELS = Objective()
