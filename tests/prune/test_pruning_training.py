"""A training that is kept gives the next point the bits of one that is traced for it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, save_h5, tf, tfmot
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.prune.pruning import PruningResult, prune, prune_again
from runner.prune.pruning_training import Growth, PruningTraining, kept_training
from runner.prune.sparsity_schedule import kept_shares
from runner.prune.update_steps import PruningSteps, pruning_steps
from runner.settings import ScheduleSettings
from tests.helpers.pruning_schedule import make_schedule
from tests.helpers.tiny import tiny_dataset

GROWTH = Growth(PruningSteps(1, 5, 1), {"conv": 0.5})


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return tiny_dataset(tmp_path_factory.mktemp("data"))


def _dense(tiny: Dataset, seed: int = 0) -> keras.Model:
    make_repeatable(seed, 1)
    return architectures.build("mnist_cnn", tiny.shape, tiny.classes)


def _pruned(tiny: Dataset, settings: ScheduleSettings, seed: int, kept: bool) -> PruningResult:
    dense = _dense(tiny, seed)
    make_repeatable(0, 1)
    return (prune_again if kept else prune)(dense, tiny, settings)


def _bits(pruned: PruningResult, path: Path) -> tuple[Any, ...]:
    save_h5(pruned.model, str(path))
    return pruned.history, pruned.layers, pruned.summary, path.read_bytes()


STOPPED: dict[str, Any] = {
    "end": 0.5,
    "early_stopping": 1,
    "optimizer": "sgd",
    "class_weights": "balanced",
}
WAYS: dict[str, list[dict[str, Any]]] = {
    "values": [
        {"final_sparsity": 0.9, "epochs": 3, "begin": 0.3},
        {"name": "constant", "initial_sparsity": 0.7, "final_sparsity": 0.7, "shuffle": False},
        {"layer_sparsity": {"conv": 0.4}, "epochs": 1},
    ],
    "stopped": [
        STOPPED | {"final_sparsity": 0.9, "epochs": 6},
        STOPPED | {"final_sparsity": 0.5, "epochs": 4},
    ],
}


@pytest.mark.parametrize("name", ["values", pytest.param("stopped", marks=pytest.mark.long)])
def test_a_kept_training_gives_the_bits_of_a_new_one(
    tiny: Dataset, tmp_path: Path, name: str
) -> None:
    ways = [make_schedule(**changes) for changes in WAYS[name]]
    path = tmp_path / "model.h5"
    new = [_bits(_pruned(tiny, way, seed, kept=False), path) for seed, way in enumerate(ways)]
    results = [_pruned(tiny, way, seed, kept=True) for seed, way in enumerate(ways)]
    # Only now: what comes later changes nothing of what came before.
    assert [_bits(result, path) for result in results] == new


def test_what_is_the_same_but_for_values_is_trained_by_the_same(tiny: Dataset) -> None:
    def training(seed: int = 0, data: Dataset = tiny, **changes: Any) -> PruningTraining:
        return kept_training(_dense(tiny, seed), data, make_schedule(**changes), GROWTH)

    first = training()
    assert training(seed=1, epochs=7, begin=0.1) is first
    assert training(batch_size=9) is not first
    assert training() is first
    images = tiny.train.images.part(slice(None, None, -1))
    other = replace(tiny, train=replace(tiny.train, images=images))
    assert training(data=other) is not first


def test_a_training_with_random_numbers_of_its_own_is_not_kept(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    layers = [keras.layers.Flatten(input_shape=tiny.shape), keras.layers.Dropout(0.5)]
    model = keras.Sequential([*layers, keras.layers.Dense(tiny.classes, "softmax", name="out")])
    growth = Growth(GROWTH.steps, {"out": 0.5})
    first = kept_training(model, tiny, make_schedule(), growth)
    assert kept_training(model, tiny, make_schedule(), growth) is not first


@pytest.mark.parametrize(("initial", "final", "total"), [(0.0, 0.7, 3376), (0.3, 0.6, 82)])
def test_a_table_has_the_bits_of_a_schedule_of_tfmot_in_training(
    initial: float, final: float, total: int
) -> None:
    steps = pruning_steps(0.0, 0.75, total)
    schedule = tfmot.sparsity.keras.PolynomialDecay(
        initial, final, steps.begin, steps.end, 3, steps.frequency
    )
    found = tf.Variable(tf.zeros([total + 1]))

    def update(step: Any) -> Any:
        found.scatter_update(tf.IndexedSlices(1 - schedule(step)[1], step))
        return tf.no_op()

    def train(step: Any) -> Any:
        done = tf.cond(schedule(step)[0], lambda: update(step), tf.no_op)
        with tf.control_dependencies([done]):
            return step + 1

    first = tf.constant(1, tf.int64)
    tf.function(
        lambda: tf.while_loop(lambda step: step <= total, train, [first], parallel_iterations=1),
        autograph=False,
    )()
    expected = found.numpy()[steps.begin : steps.end + 1 : steps.frequency]
    np.testing.assert_array_equal(np.array(kept_shares(schedule, steps), np.float32), expected)
