"""Describe what the settings of the baseline, of pruning and of compression have in common."""

from typing import Protocol


class TrainingSettings(Protocol):
    """How long a model is trained, and how."""

    @property
    def epochs(self) -> int: ...  # noqa: D102
    @property
    def batch_size(self) -> int: ...  # noqa: D102
    @property
    def learning_rate(self) -> float: ...  # noqa: D102
    @property
    def shuffle(self) -> bool: ...  # noqa: D102
    @property
    def optimizer(self) -> str: ...  # noqa: D102
    @property
    def momentum(self) -> float: ...  # noqa: D102
    @property
    def learning_rate_schedule(self) -> str: ...  # noqa: D102
    @property
    def decay_rate(self) -> float: ...  # noqa: D102
    @property
    def warmup_epochs(self) -> float: ...  # noqa: D102
    @property
    def class_weights(self) -> str | None: ...  # noqa: D102
    @property
    def early_stopping(self) -> int | None: ...  # noqa: D102
