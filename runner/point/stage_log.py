"""Log each stage of a point as soon as it is over, so that one that fails takes nothing with it."""

from collections.abc import Sequence

from runner.backend import keras
from runner.channels.layer_counts import CHANNELS, channels_csv, share_kept
from runner.channels.narrow import NarrowModel
from runner.compress import Stage
from runner.measure.layer_table import stages_csv
from runner.models.summary import summary, under_headings
from runner.prune.pruning import PruningResult
from runner.prune.sparsity import LayerSparsity, measure_sparsity, sparsity_figures
from runner.tracking import Run
from runner.training.train import History

_HEADINGS = {
    "cluster": "While its weights are clustered, with TFMOT's wrappers",
    "qat": "While it is trained as if quantized, with TFMOT's wrappers",
}


class StageLog:
    """The stages of a point so far, each with the layers as it left them."""

    def __init__(self, run: Run, dense: keras.Model) -> None:
        """Begin with the dense model."""
        self._run = run
        self._layers: dict[str, Sequence[LayerSparsity]] = {}
        self._seconds, self._channels_kept = 0.0, 1.0
        self._summaries = {"Before pruning": summary(dense)}

    def add_narrow(self, narrow: NarrowModel) -> None:
        """Log the removal of channels: its history by epoch, its layers and its seconds."""
        self._run.log_text(channels_csv(narrow.counts), CHANNELS)
        self._channels_kept = share_kept(narrow.counts)
        self._summaries["With fewer channels"] = narrow.summary
        self._layers["channels"] = measure_sparsity(narrow.model, requested={})
        self._add("channels/", narrow.history, narrow.training_seconds)

    def add_pruned(self, pruned: PruningResult) -> None:
        """Log pruning: its history by epoch, its layers and its seconds."""
        self._summaries["While pruned, with TFMOT's wrappers"] = pruned.summary
        self._summaries["After pruning, without the wrappers"] = summary(pruned.model)
        self._layers["prune"] = pruned.layers
        parameters = float(pruned.model.count_params())
        self._run.log_metrics({"parameters": parameters, "channels_kept": self._channels_kept})
        self._add("", pruned.history, pruned.training_seconds)

    @property
    def layers(self) -> Sequence[LayerSparsity]:
        """The weights that can be pruned, as the last stage left them."""
        return list(self._layers.values())[-1]

    def add(self, stage: Stage) -> None:
        """Log a stage after pruning."""
        self._layers[stage.name] = stage.layers
        self._summaries[_HEADINGS[stage.name]] = stage.summary
        self._add(f"{stage.name}/", stage.history, stage.training_seconds)

    def _add(self, prefix: str, history: History, seconds: float) -> None:
        self._seconds += seconds
        self._run.log_history({f"{prefix}{name}": values for name, values in history.items()})
        self._run.log_text(stages_csv(self._layers), "stages.csv")
        self._run.log_text(under_headings(self._summaries), "summary.txt")
        self._run.log_metrics({**sparsity_figures(self.layers), "seconds/training": self._seconds})
