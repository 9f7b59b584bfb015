"""Remove channels of a dense model, and train what is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.backend import keras
from runner.channels.cut import cut
from runner.channels.graph import ChannelGraph
from runner.channels.layer_counts import LayerCount, count_channels
from runner.channels.selection import select
from runner.data.dataset import Dataset
from runner.models.outputs import gives_logits
from runner.models.summary import summary
from runner.settings import ChannelsSettings
from runner.training.objective import Objective
from runner.training.train import History, TrainingResult, train
from runner.training.training_settings import TrainingSettings


@dataclass(frozen=True)
class NarrowModel:
    """Hold a model with fewer channels, and how it came about.

    Attributes:
        model: the narrow model, with weights of its own.
        counts: the channels of each layer.
        history: one value per epoch of the losses and the accuracies; empty without training.
        training_seconds: time inside training steps, all epochs together.
        summary: Keras' table of its layers.
    """

    model: keras.Model
    counts: tuple[LayerCount, ...]
    history: History
    training_seconds: float
    summary: str


def remove_channels(
    model: keras.Model, channels: ChannelsSettings, fresh: bool = False
) -> tuple[keras.Model, tuple[LayerCount, ...]]:
    """Build the narrow model, and count its channels; the given one stays as it is.

    Args:
        fresh: whether its weights begin anew.

    Raises:
        ImpossiblePoint: layers whose channels go together have several shares of their own.
    """
    graph = ChannelGraph.of(model)
    selection = select(graph, channels)
    return cut(model, graph, selection, fresh), count_channels(model, graph, selection)


def narrow(
    baseline: keras.Model,
    data: Dataset,
    channels: ChannelsSettings,
    training: TrainingSettings,
) -> NarrowModel:
    """Remove channels of a copy of the baseline at once, and fine-tune what is left.

    With new weights it is trained as the baseline was first, so that it has had as many epochs.

    Args:
        training: how the baseline was trained.

    Source of the control with new weights: Liu et al., "Rethinking the value of network pruning",
    2019.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    fresh = channels.start == "fresh"
    model, counts = remove_channels(baseline, channels, fresh)
    stages = [*([training] if fresh else []), channels]
    objective = Objective(gives_logits(baseline))
    done = [train(model, data, stage, objective=objective) for stage in stages if stage.epochs]
    seconds = sum(each.step_seconds for each in done)
    return NarrowModel(model, counts, _joined(done), seconds, summary(model))


def _joined(done: Sequence[TrainingResult]) -> History:
    joined: dict[str, list[float]] = {}
    for each in done:
        for name, values in each.history.items():
            joined.setdefault(name, []).extend(values)
    return joined
