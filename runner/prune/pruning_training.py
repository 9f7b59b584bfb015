"""Prepare the training of a model whose layers become sparse, and keep it for others like it."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runner.backend import keras, tfmot
from runner.data.dataset import Dataset
from runner.data.split import Split
from runner.models.clone import copy_model
from runner.models.outputs import gives_logits
from runner.prune.update_steps import PruningSteps
from runner.prune.wrappers import set_sparsities, wrap
from runner.settings import ScheduleSettings
from runner.training.distillation import Distillation
from runner.training.objective import Objective
from runner.training.train import Training

# Of layers that have no state but their weights; a dropout's random numbers, for one, go on from
# point to point.
_KEPT_LAYERS = (
    keras.layers.InputLayer, keras.layers.Dense, keras.layers.Conv2D, keras.layers.DepthwiseConv2D,
    keras.layers.BatchNormalization, keras.layers.Flatten, keras.layers.Reshape,
    keras.layers.MaxPooling2D, keras.layers.AveragePooling2D, keras.layers.GlobalAveragePooling2D,
    keras.layers.ZeroPadding2D, keras.layers.Add, keras.layers.Activation, keras.layers.ReLU,
    keras.layers.Softmax,
)  # fmt: skip
# As many as axes of a sweep commonly have values that need a training of their own.
_KEPT = 4
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Growth:
    """When masks are updated, and the final sparsity, from 0 to 1, of each layer by its name."""

    steps: PruningSteps
    requested: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class PruningTraining:
    """A copy of a dense model, the same layers in TFMOT's wrappers, and their traced training.

    Attributes:
        model: without wrappers.
        wrapped: with them; what is trained.
        stripped: the wrapped model without its wrappers again, as TFMOT makes it.
        training: of `wrapped`.
        data: what is trained on.
        start: values of all variables before the first step.
    """

    model: keras.Model
    wrapped: keras.Model
    stripped: keras.Model
    training: Training
    data: Dataset
    start: tuple[Any, ...]

    @classmethod
    def of(
        cls,
        baseline: keras.Model,
        data: Dataset,
        settings: ScheduleSettings,
        growth: Growth,
        distillation: Distillation | None = None,
    ) -> "PruningTraining":
        """Copy the model, wrap layers, and trace the training."""
        # Wrapping shares the layer objects, so pruning would change the baseline in place.
        model = copy_model(baseline)
        wrapped = wrap(model, settings, growth.steps, growth.requested)
        objective = Objective(gives_logits(model), distillation)
        training = Training(wrapped, data, settings, objective)
        start = tuple(variable.numpy() for variable in _variables(wrapped))
        stripped = tfmot.sparsity.keras.strip_pruning(wrapped)
        return cls(model, wrapped, stripped, training, data, start)

    def begin_again(self, baseline: keras.Model) -> None:
        """Set everything as it was before the first step, with the weights of a baseline."""
        for variable, value in zip(_variables(self.wrapped), self.start, strict=True):
            variable.assign(value)
        self.model.set_weights(baseline.get_weights())


_kept: OrderedDict[_Key, PruningTraining] = OrderedDict()


def kept_training(
    baseline: keras.Model,
    data: Dataset,
    settings: ScheduleSettings,
    growth: Growth,
    distillation: Distillation | None = None,
) -> PruningTraining:
    """Return a training of a model, one that this process has traced before where there is one.

    What may differ are values: the weights, and when the layers become how sparse. Its models
    change with the next training of the same kind: what is to stay must be copied.
    """
    if distillation or not _can_be_kept(baseline, data, settings):
        return PruningTraining.of(baseline, data, settings, growth, distillation)
    key = _key(baseline, settings, [*growth.requested])
    found = _kept.pop(key, None)
    if found and _same(found.data, data):
        found.begin_again(baseline)
        set_sparsities(found.wrapped, settings, growth.steps, growth.requested)
    else:
        found = PruningTraining.of(baseline, data, settings, growth)
    _kept[key] = found
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return found


def _can_be_kept(baseline: keras.Model, data: Dataset, settings: ScheduleSettings) -> bool:
    """Tell whether nothing in a training depends on its length, or on what came before it."""
    constant = settings.learning_rate_schedule == "constant" and not settings.warmup_epochs
    known = all(type(layer) in _KEPT_LAYERS for layer in baseline.layers)
    return known and constant and not data.augment.varied


def _variables(wrapped: keras.Model) -> list[Any]:
    return [*wrapped.variables, *wrapped.optimizer.variables()]


def _key(baseline: keras.Model, settings: ScheduleSettings, layers: Sequence[str]) -> _Key:
    """Return all that decides a traced training, besides the images."""
    values = {"epochs", "initial_sparsity", "final_sparsity", "begin", "end", "shuffle", "name"}
    return (
        json.dumps([baseline.get_config(), layers], default=repr),
        settings.model_dump_json(exclude={*values, "layer_sparsity", "dense_layers"}),
    )


def _same(first: Dataset, second: Dataset) -> bool:
    """Tell whether a training sees the same images, in the same memory, and the same labels."""

    def same(one: Split, other: Split) -> bool:
        first, second = one.images, other.images
        alike = first.stored is second.stored and np.array_equal(first.rows, second.rows)
        alike = alike and (first.one, first.scale) == (second.one, second.scale)
        return alike and np.array_equal(one.labels, other.labels)

    return same(first.train, second.train) and same(first.validation, second.validation)
