"""Stages of a point go in, one after the other; a run holds how each went and what it left."""

from collections.abc import Sequence

from runner.compress import Stage
from runner.measure.layer_table import stages_csv
from runner.prune.pruning import PruningResult
from runner.prune.sparsity import LayerSparsity
from runner.tracking import Run


class Stages:
    """Log each stage as soon as it is over, so that one that fails takes nothing with it."""

    def __init__(self, run: Run, pruned: PruningResult) -> None:
        self._run = run
        self._layers: dict[str, Sequence[LayerSparsity]] = {"prune": pruned.layers}
        self._seconds = pruned.training_seconds
        self._log()

    @property
    def left(self) -> Sequence[LayerSparsity]:
        """What the last stage left of the weights that can be pruned."""
        return list(self._layers.values())[-1]

    def add(self, stage: Stage) -> None:
        """Log a stage after pruning."""
        self._run.log_history({f"{stage.name}/{key}": each for key, each in stage.history.items()})
        self._layers[stage.name] = stage.layers
        self._seconds += stage.training_seconds
        self._log()

    def _log(self) -> None:
        self._run.log_text(stages_csv(self._layers), "stages.csv")
        self._run.log_metrics({"seconds/training": self._seconds})
