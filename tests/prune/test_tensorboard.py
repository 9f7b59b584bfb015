"""TensorBoard's files say what TFMOT's summaries say, and change nothing."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.prune.pruning import PruningResult, prune
from runner.prune.tensorboard import PruningSummaries
from runner.settings import DatasetSettings
from tests.helpers.events import scalars
from tests.helpers.pruning_schedule import make_schedule
from tests.helpers.tiny import write_npz


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = write_npz(tmp_path_factory.mktemp("data") / "tiny.npz")
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.1), path.parent)


@pytest.fixture(scope="module")
def dense(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    return architectures.build("mnist_cnn", tiny.shape, tiny.classes)


def _pruned(dense: keras.Model, tiny: Dataset, *folders: Path) -> PruningResult:
    make_repeatable(0, 1)
    watching = [PruningSummaries(folder) for folder in folders]
    return prune(dense, tiny, make_schedule(), watching)


def test_they_hold_figures_by_epoch_and_each_layers_zeros(
    dense: keras.Model, tiny: Dataset, tmp_path: Path
) -> None:
    history = _pruned(dense, tiny, tmp_path).history
    by_epoch = {
        "train": {"epoch_loss": "loss", "epoch_accuracy": "train_accuracy"},
        "validation": {"epoch_loss": "val_loss", "epoch_accuracy": "val_accuracy"},
    }
    for folder, names in by_epoch.items():
        written = scalars(tmp_path / folder)
        assert set(written) == set(names)
        for name, ours in names.items():
            steps, values = zip(*written[name], strict=True)
            assert steps == (0, 1)
            assert values == pytest.approx(history[ours])
    layers = scalars(tmp_path / "metrics")
    for layer in ("conv", "output"):
        zeros = layers[f"prune_low_magnitude_{layer}/mask:0/sparsity"]
        assert [step for step, _ in zeros] == [0, 11, 22]
        assert zeros[0][1] == 0
        assert zeros[-1][1] == pytest.approx(0.8, abs=0.02)
        assert layers[f"prune_low_magnitude_{layer}/threshold:0/threshold"][-1][1] > 0


def test_they_change_no_weight_and_replace_those_of_an_earlier_attempt(
    dense: keras.Model, tiny: Dataset, tmp_path: Path
) -> None:
    alone, watched, again = (_pruned(dense, tiny, *at) for at in ([], [tmp_path], [tmp_path]))
    for weights in zip(
        *(each.model.get_weights() for each in (alone, watched, again)), strict=True
    ):
        np.testing.assert_array_equal(weights[0], weights[1])
        np.testing.assert_array_equal(weights[0], weights[2])
    assert len(list(tmp_path.rglob("events.out.tfevents.*"))) == 3
