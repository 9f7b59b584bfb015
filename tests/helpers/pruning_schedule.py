"""Hold a short pruning schedule that tests change one setting of."""

from typing import Any

from runner.settings import ScheduleSettings

SCHEDULE = {
    "name": "polynomial",
    "initial_sparsity": 0.2,
    "final_sparsity": 0.8,
    "epochs": 2,
    "batch_size": 8,
    "learning_rate": 0.01,
    "shuffle": True,
    "begin": 0.0,
    "end": 0.75,
    "dense_layers": [],
    "layer_sparsity": {},
    "block_size": (1, 1),
    "block_pooling": "avg",
    "m_by_n": None,
    "policy": "all",
}


def make_schedule(**changes: Any) -> ScheduleSettings:
    """Make that schedule with some settings changed."""
    return ScheduleSettings.model_validate(SCHEDULE | changes)
