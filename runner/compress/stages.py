"""Run the compression stages that follow pruning, and check each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.backend import keras
from runner.compress.clustering import cluster
from runner.compress.invariants import require_zero_positions, require_zeros_and_clusters
from runner.compress.qat import quantize, strip_quantization
from runner.data.dataset import Dataset
from runner.prune.sparsity import LayerSparsity, measure_sparsity
from runner.settings import CompressSettings
from runner.training.train import History, TrainingResult


@dataclass(frozen=True)
class Stage:
    """Hold the result of one stage.

    Attributes:
        name: `cluster` or `qat`.
        history: one value per epoch of the losses and the accuracies.
        layers: zeros and distinct values of each weight that TFMOT can prune.
        training_seconds: time inside training steps, all epochs together.
        summary: Keras' table of the layers while they were trained, with TFMOT's wrappers.
    """

    name: str
    history: History
    layers: tuple[LayerSparsity, ...]
    training_seconds: float
    summary: str


@dataclass(frozen=True)
class CompressionResult:
    """Hold a compressed model and the results of its stages.

    Attributes:
        model: the model without wrappers.
        aware: the quantization-aware model that int8 files are made of; None without that stage.
        stages: results in the order of the stages; empty where there were none.
    """

    model: keras.Model
    aware: keras.Model | None
    stages: tuple[Stage, ...]


def compress(
    pruned: keras.Model,
    data: Dataset,
    settings: CompressSettings,
    requested: Mapping[str, float],
    on_stage: Callable[[Stage], object] = lambda _: None,
) -> CompressionResult:
    """Cluster, then make quantization-aware, as the settings ask; the pruned model stays as it is.

    Args:
        requested: the final sparsity, from 0 to 1, by layer name, for the layers that were pruned.
        on_stage: called after each stage, before its result is checked.

    Raises:
        Diverged: the loss of an epoch is not a number.
        StageBroke: a stage has lost zeros or shared values.
    """
    model, aware = pruned, None
    stages: list[Stage] = []
    clusters = settings.clusters if settings.clusters_weights else None

    def finish(name: str, trained: TrainingResult) -> None:
        layers = measure_sparsity(model, requested)
        before = stages[-1].layers if stages else measure_sparsity(pruned, requested)
        stages.append(Stage(name, trained.history, layers, trained.step_seconds, trained.summary))
        on_stage(stages[-1])
        require_zeros_and_clusters(name, before, layers, clusters)
        require_zero_positions(name, pruned, model)

    if settings.clusters_weights:
        model, trained = cluster(model, data, settings)
        finish("cluster", trained)
    if settings.quantizes:
        aware, trained = quantize(model, data, settings)
        model = strip_quantization(aware, model)
        finish("qat", trained)
    return CompressionResult(model, aware, tuple(stages))
