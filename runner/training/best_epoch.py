"""Stop training when the validation loss falls no longer, and go back to the best weights."""

import logging
import math
from typing import Any

from runner.backend import keras

log = logging.getLogger(__name__)


class BestEpoch:
    """The weights after the epoch with the lowest validation loss so far.

    Source: Prechelt, "Early stopping - but when?", 1998, with a patience in epochs.
    """

    def __init__(self, model: keras.Model, patience: int | None, first: int = 1) -> None:
        """Begin before the first epoch.

        Args:
            patience: number of epochs without a lower loss after which training ends; None keeps
                no weights, and never ends it.
            first: the first epoch that counts, from 1.
        """
        self._model, self._patience, self._first = model, patience, first
        self._epoch, self._loss = first - 1, math.inf
        self._weights: list[tuple[Any, Any]] = []

    def ends(self, epoch: int, loss: float) -> bool:
        """Note the loss of an epoch, from 1, and tell whether it was the last one."""
        if self._patience is None or epoch < self._first:
            return False
        # A loss that is not a number is never the lowest.
        if loss < self._loss:
            self._epoch, self._loss = epoch, loss
            # Not by get_weights: TFMOT's wrappers of clusters return fewer.
            self._weights = [(weight, weight.numpy()) for weight in self._model.weights]
        return epoch - self._epoch >= self._patience

    def restore(self) -> None:
        """Give the model the best weights, if there are any."""
        if self._weights:
            log.info("taking the weights after epoch %d, the best one", self._epoch)
        for weight, value in self._weights:
            weight.assign(value)
