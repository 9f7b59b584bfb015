"""Prune Keras models in sweeps: prune, export, measure, compare in MLflow.

From Python, as from the command line:

    point = runner.compose("dataset=mnist", "schedule.final_sparsity=0.8")
    result = runner.run_point(point)
    sweep = runner.run_sweep("+sweep=sparsity", "schedule.epochs=2")
    file = runner.load("latest").best(max_drop=0.01, target="tflite_int8")

Nothing heavy is imported until one of these names is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runner.api import (
        BestFile,
        NothingQualifies,
        Outcome,
        Refused,
        RunnerError,
        Settings,
        Sweep,
        SweepDecision,
        SweepFailed,
        compose,
        load,
        run_point,
        run_sweep,
    )

__version__ = "0.1.0"

__all__ = [
    "BestFile",
    "NothingQualifies",
    "Outcome",
    "Refused",
    "RunnerError",
    "Settings",
    "Sweep",
    "SweepDecision",
    "SweepFailed",
    "compose",
    "load",
    "run_point",
    "run_sweep",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'runner' has no attribute {name!r}")
    from runner import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
