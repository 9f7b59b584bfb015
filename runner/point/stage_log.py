"""Log each stage of a point as soon as it is over, so that one that fails takes nothing with it."""

from collections.abc import Sequence

from runner.backend import keras
from runner.compress import Stage
from runner.measure.layer_table import stages_csv
from runner.models.summary import summary, under_headings
from runner.prune.pruning import PruningResult
from runner.prune.sparsity import LayerSparsity, sparsity_figures
from runner.tracking import Run

_HEADINGS = {
    "cluster": "While its weights are clustered, with TFMOT's wrappers",
    "qat": "While it is trained as if quantized, with TFMOT's wrappers",
}


class StageLog:
    """The stages of a point so far, each with the layers as it left them."""

    def __init__(self, run: Run, dense: keras.Model, pruned: PruningResult) -> None:
        """Log pruning, the first stage: its history by epoch, its layers and its seconds."""
        self._run = run
        self._layers: dict[str, Sequence[LayerSparsity]] = {"prune": pruned.layers}
        self._seconds = pruned.training_seconds
        self._summaries = {
            "Before pruning": summary(dense),
            "While pruned, with TFMOT's wrappers": pruned.summary,
            "After pruning, without the wrappers": summary(pruned.model),
        }
        self._run.log_history(pruned.history)
        self._log()

    @property
    def layers(self) -> Sequence[LayerSparsity]:
        """The weights that can be pruned, as the last stage left them."""
        return list(self._layers.values())[-1]

    def add(self, stage: Stage) -> None:
        """Log a stage after pruning."""
        history = {f"{stage.name}/{metric}": values for metric, values in stage.history.items()}
        self._run.log_history(history)
        self._layers[stage.name] = stage.layers
        self._summaries[_HEADINGS[stage.name]] = stage.summary
        self._seconds += stage.training_seconds
        self._log()

    def _log(self) -> None:
        self._run.log_text(stages_csv(self._layers), "stages.csv")
        self._run.log_text(under_headings(self._summaries), "summary.txt")
        self._run.log_metrics({**sparsity_figures(self.layers), "seconds/training": self._seconds})
