"""Make the optimizer that the settings of a training ask for."""

from typing import Any

from runner.backend import keras
from runner.training.rate_schedule import RateSchedule
from runner.training.training_settings import TrainingSettings


def optimizer(settings: TrainingSettings, steps: int) -> Any:
    """Make a new optimizer.

    Args:
        steps: number of training steps in an epoch.
    """
    rate = _rate(settings, steps)
    # The legacy optimizers compute the same, in one kernel for each variable.
    if settings.optimizer == "sgd":
        return keras.optimizers.legacy.SGD(rate, settings.momentum)
    return keras.optimizers.legacy.Adam(rate)


def _rate(settings: TrainingSettings, steps: int) -> float | RateSchedule:
    name, warmup = settings.learning_rate_schedule, round(settings.warmup_epochs * steps)
    if name == "constant" and not warmup:
        return settings.learning_rate
    return RateSchedule(
        name=name,
        rate=settings.learning_rate,
        decay_rate=settings.decay_rate,
        warmup=warmup,
        epoch=steps,
        total=steps * settings.epochs,
    )
