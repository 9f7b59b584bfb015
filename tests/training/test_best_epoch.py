"""Early stopping: when training ends, and which weights it leaves."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.compress.clustering import cluster
from runner.compress.qat import quantize
from runner.data.dataset import Dataset
from runner.data.split import Split
from runner.prune.pruning import prune, require_sparsity
from runner.settings import BaselineSettings, CompressSettings, ScheduleSettings
from runner.training.best_epoch import BestEpoch
from runner.training.train import train
from tests.helpers.pruning_schedule import SCHEDULE
from tests.helpers.tiny import tiny_dataset

# The second epoch is the best one.
LOSSES = [0.5, 0.3, float("nan"), 0.4, 0.3]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Images of which a tenth is mislabelled for validation, so that its loss rises in the end."""
    data = tiny_dataset(tmp_path_factory.mktemp("data"))
    held = data.test
    labels = np.where(np.arange(len(held.labels)) % 3 == 0, (held.labels + 1) % 3, held.labels)
    return replace(data, validation=Split(held.images, labels))


def _dense(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    layers = [
        keras.layers.Flatten(input_shape=tiny.shape, name="flat"),
        keras.layers.Dense(8, "relu", name="hidden"),
        keras.layers.Dense(3, "softmax", name="output"),
    ]
    return keras.Sequential(layers)


def _small() -> keras.Model:
    make_repeatable(0, 1)
    return keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])


@pytest.mark.parametrize(("patience", "last"), [(1, 3), (2, 4), (3, 5), (None, None)])
def test_training_ends_after_so_many_epochs_without_a_lower_loss(
    patience: int | None, last: int | None
) -> None:
    best = BestEpoch(_small(), patience)
    ends = [best.ends(epoch, loss) for epoch, loss in enumerate(LOSSES, start=1)]
    assert (ends.index(True) + 1 if True in ends else None) == last


def test_only_the_epochs_that_count_are_compared() -> None:
    best = BestEpoch(_small(), patience=2, first=3)
    losses = [0.1, 0.1, 0.5, 0.6, 0.7]
    assert [best.ends(epoch, loss) for epoch, loss in enumerate(losses, start=1)] == [
        *(False, False, False, False, True),
    ]


@pytest.mark.long
def test_the_model_is_the_one_after_its_best_epoch(tiny: Dataset) -> None:
    settings = BaselineSettings(epochs=30, batch_size=8, learning_rate=0.03, early_stopping=2)
    stopped = _dense(tiny)
    losses = train(stopped, tiny, settings).history["val_loss"]
    best = int(np.argmin(losses)) + 1
    assert best < len(losses) < 30
    assert len(losses) == best + 2
    shorter = _dense(tiny)
    train(shorter, tiny, settings.model_copy(update={"epochs": best, "early_stopping": None}))
    for one, other in zip(stopped.get_weights(), shorter.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_pruned_model_is_taken_from_an_epoch_with_the_sparsity_asked_for(tiny: Dataset) -> None:
    schedule = SCHEDULE | {"epochs": 8, "end": 0.5, "final_sparsity": 0.9, "early_stopping": 1}
    pruned = prune(_dense(tiny), tiny, ScheduleSettings.model_validate(schedule))
    require_sparsity(pruned.layers)
    losses = np.array(pruned.history["val_loss"])
    last = losses[3:]
    assert losses[:3].min() < last.min(), "the lowest loss does not count: it came too early"
    scores = pruned.model(tiny.validation.images[:].reshape(-1, *tiny.shape)).numpy()
    loss = keras.losses.sparse_categorical_crossentropy(tiny.validation.labels, scores)
    assert float(np.mean(loss)) == pytest.approx(last.min(), rel=1e-4)
    assert len(pruned.history["epoch_sparsity"]) == len(losses)


@pytest.mark.long
@pytest.mark.parametrize("stage", [cluster, quantize])
def test_compressed_models_are_those_after_their_best_epoch(stage: object, tiny: Dataset) -> None:
    assert callable(stage)
    name: Literal["cluster", "qat"] = "cluster" if stage is cluster else "qat"
    settings = CompressSettings(name=name, epochs=12, learning_rate=0.03, early_stopping=2)
    make_repeatable(0, 1)
    stopped, trained = stage(_dense(tiny), tiny, settings)
    best = int(np.argmin(trained.history["val_loss"])) + 1
    assert best < len(trained.history["val_loss"])
    make_repeatable(0, 1)
    shorter = settings.model_copy(update={"epochs": best, "early_stopping": None})
    expected, _ = stage(_dense(tiny), tiny, shorter)
    for one, other in zip(stopped.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
