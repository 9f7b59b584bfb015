from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.prune.pruning import SparsityMissed, prune, require_sparsity
from runner.prune.sparsity import measure_sparsity, total_requested_sparsity, total_sparsity
from runner.training.train import train
from tests.helpers.pruning_schedule import make_schedule
from tests.helpers.tiny import tiny_dataset


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return tiny_dataset(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def dense(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    model = architectures.build("mnist_cnn", tiny.shape, tiny.classes)
    train(model, tiny, make_schedule(epochs=5))
    return model


@pytest.mark.parametrize("final", [0.0, 0.5, 0.8, 0.97])
def test_every_layer_has_the_asked_sparsity(
    dense: keras.Model, tiny: Dataset, final: float
) -> None:
    pruned = prune(dense, tiny, make_schedule(initial_sparsity=0.0, final_sparsity=final))
    assert [each.layer for each in pruned.layers] == ["conv", "output"]
    for each in pruned.layers:
        weights = pruned.model.get_layer(each.layer).get_weights()[0]
        assert each.zeros == np.count_nonzero(weights == 0)
        assert abs(each.zeros - final * weights.size) <= 1
    require_sparsity(pruned.layers)


def test_the_baseline_stays_untouched(dense: keras.Model, tiny: Dataset) -> None:
    before = [weights.copy() for weights in dense.get_weights()]
    names = [layer.name for layer in dense.layers]
    pruned = prune(dense, tiny, make_schedule())
    for old, new in zip(before, dense.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert [layer.name for layer in dense.layers] == names
    assert not {id(layer) for layer in dense.layers} & {id(each) for each in pruned.model.layers}


def test_fine_tuning_starts_from_the_baseline(dense: keras.Model, tiny: Dataset) -> None:
    pruned = prune(dense, tiny, make_schedule(learning_rate=1e-9, epochs=1))
    for old, new in zip(dense.get_weights(), pruned.model.get_weights(), strict=True):
        kept = new != 0
        np.testing.assert_allclose(new[kept], old[kept], atol=1e-5)


def test_stripped_layers_keep_their_names(dense: keras.Model, tiny: Dataset) -> None:
    pruned = prune(dense, tiny, make_schedule())
    assert [layer.name for layer in pruned.model.layers] == [layer.name for layer in dense.layers]


@pytest.mark.parametrize("batch_size", [10_000, 81, 60, 30])
def test_very_few_steps_still_reach_the_sparsity(
    dense: keras.Model, tiny: Dataset, batch_size: int
) -> None:
    pruned = prune(dense, tiny, make_schedule(epochs=1, batch_size=batch_size))
    assert total_sparsity(pruned.layers) == pytest.approx(0.8, abs=0.005)


def test_a_constant_schedule_prunes_from_the_first_epoch(dense: keras.Model, tiny: Dataset) -> None:
    constant = prune(dense, tiny, make_schedule(name="constant", initial_sparsity=0.8))
    gradual = prune(dense, tiny, make_schedule(epochs=4, end=1.0))
    assert constant.history["epoch_sparsity"] == pytest.approx([0.8, 0.8], abs=0.005)
    rising = gradual.history["epoch_sparsity"]
    assert rising[0] < rising[-1] == pytest.approx(0.8, abs=0.005)


def test_begin_leaves_the_first_epoch_dense(dense: keras.Model, tiny: Dataset) -> None:
    pruned = prune(dense, tiny, make_schedule(begin=0.6, end=0.9))
    assert pruned.history["epoch_sparsity"][0] == 0


def test_named_layers_stay_dense(dense: keras.Model, tiny: Dataset) -> None:
    pruned = prune(dense, tiny, make_schedule(dense_layers=["conv"]))
    conv, output = pruned.layers
    assert (conv.zeros, conv.requested_sparsity) == (0, None)
    assert output.sparsity == pytest.approx(0.8, abs=0.005)
    assert pruned.history["epoch_sparsity"][-1] == total_sparsity(pruned.layers)
    assert total_sparsity(pruned.layers) == pytest.approx(
        total_requested_sparsity(pruned.layers), abs=0.005
    )
    assert pruned.requested_sparsities == {"output": 0.8}


def test_layers_have_sparsities_of_their_own(dense: keras.Model, tiny: Dataset) -> None:
    own = {"con*": 0.1, "*": 0.6}
    pruned = prune(dense, tiny, make_schedule(layer_sparsity=own))
    assert pruned.requested_sparsities == {"conv": 0.1, "output": 0.6}
    conv, output = pruned.layers
    assert (conv.zeros, output.zeros) == (round(0.1 * 108), round(0.6 * output.parameters))
    require_sparsity(pruned.layers)


def test_a_missed_sparsity_fails(dense: keras.Model, tiny: Dataset) -> None:
    dead = keras.models.clone_model(dense)
    weights = dense.get_weights()
    # Weights that start at zero, behind a unit that gives no gradient, never leave it.
    weights[0][:] = 0
    weights[1][:] = -1
    dead.set_weights(weights)
    pruned = prune(dead, tiny, make_schedule(initial_sparsity=0.0, final_sparsity=0.0))
    with pytest.raises(SparsityMissed, match=r"layer conv: 108 of 108 weights are zero"):
        require_sparsity(pruned.layers)


def test_a_dense_model_measures_dense(dense: keras.Model) -> None:
    assert total_sparsity(measure_sparsity(dense, requested={})) == 0


def test_the_same_seed_gives_the_same_weights(dense: keras.Model, tiny: Dataset) -> None:
    results = []
    for _ in range(2):
        make_repeatable(7, 1)
        results.append(prune(dense, tiny, make_schedule()).model.get_weights())
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_from_a_file_is_pruned_like_the_one_in_memory(
    dense: keras.Model, tiny: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "dense.h5"
    with pytest.warns(UserWarning, match="HDF5"):
        keras.models.save_model(dense, str(path), save_format="h5")
    results = []
    for model in (dense, keras.models.load_model(str(path), compile=False)):
        make_repeatable(0, 1)
        results.append(prune(model, tiny, make_schedule()).model.get_weights())
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
