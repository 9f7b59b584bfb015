"""A pruned model, data and settings go in; it comes out clustered, quantization-aware, or both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.backend import keras
from runner.compress.clustering import cluster
from runner.compress.invariants import require_kept, require_places
from runner.compress.qat import quantize, without_rounding
from runner.data.dataset import Dataset
from runner.prune.sparsity import LayerSparsity, measure_sparsity
from runner.settings import CompressSettings
from runner.training.train import History, Trained


@dataclass(frozen=True)
class Stage:
    """What one stage came to: its layers' zeros and values, and its seconds in training steps."""

    name: str
    history: History
    layers: tuple[LayerSparsity, ...]
    training_seconds: float


@dataclass(frozen=True)
class Compressed:
    """A model without wrappers, and the quantization-aware one that int8 files are made of."""

    model: keras.Model
    aware: keras.Model | None
    stages: tuple[Stage, ...]


def compress(
    pruned: keras.Model,
    data: Dataset,
    settings: CompressSettings,
    asked: Mapping[str, float],
    told: Callable[[Stage], object] = lambda _: None,
) -> Compressed:
    """Cluster, then make quantization-aware, as the settings ask; the pruned model stays as it is.

    Args:
        asked: the final sparsity by layer name, for the layers that were pruned.
        told: called after each stage, before what it came to is checked.

    Raises:
        StageBroke: a stage has lost zeros or shared values.
    """
    model, aware = pruned, None
    stages: list[Stage] = []
    clusters = settings.clusters if settings.clusters_weights else None

    def done(name: str, trained: Trained) -> None:
        layers = measure_sparsity(model, asked)
        kept = stages[-1].layers if stages else measure_sparsity(pruned, asked)
        stages.append(Stage(name, trained.history, layers, trained.step_seconds))
        told(stages[-1])
        require_kept(name, kept, layers, clusters)
        require_places(name, pruned, model)

    if settings.clusters_weights:
        model, trained = cluster(model, data, settings)
        done("cluster", trained)
    if settings.quantizes:
        aware, trained = quantize(model, data, settings)
        model = without_rounding(aware, model)
        done("qat", trained)
    return Compressed(model, aware, tuple(stages))
