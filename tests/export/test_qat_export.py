from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from runner.backend import Interpreter, keras, make_repeatable
from runner.compress import CompressionResult, compress
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.prune.sparsity import prunable_weights
from runner.settings import CompressSettings, DatasetSettings
from runner.settings.targets import Target
from runner.training.train import train
from tests.helpers.litert import by_litert
from tests.helpers.tiny import write_npz

pytestmark = pytest.mark.long

Layers = keras.layers
CLUSTERS = 6
TARGETS = (Target.TFLITE_FLOAT32, Target.TFLITE_DYNAMIC, Target.TFLITE_INT8)
STAGES = ("none", "cluster", "qat", "cluster_qat")

Files = Mapping[tuple[str, Target], Path]


def _settings(name: str, **changes: float) -> CompressSettings:
    return CompressSettings.model_validate(
        {
            "name": name,
            "clusters": CLUSTERS,
            "epochs": 2,
            "batch_size": 8,
            "learning_rate": 0.003,
            "shuffle": True,
        }
        | changes
    )


def _small(shape: tuple[int, ...]) -> keras.Model:
    """All that LiteRT treats in its own way: normalized, depthwise, added, and dense layers."""
    image = Layers.Input(shape, name="image")
    value = Layers.Conv2D(8, 3, use_bias=False, name="conv")(image)
    value = Layers.BatchNormalization(momentum=0.6, name="conv_norm")(value)
    value = Layers.ReLU(name="conv_relu")(value)
    beside = Layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depth")(value)
    beside = Layers.BatchNormalization(momentum=0.6, name="depth_norm")(beside)
    value = Layers.Add(name="add")([value, beside])
    value = Layers.MaxPooling2D(name="pool")(value)
    value = Layers.Dropout(0.1, name="drop")(value)
    value = Layers.Reshape((72,), name="row")(value)
    value = Layers.Dense(12, name="dense")(value)
    value = Layers.ReLU(name="dense_relu")(value)
    return keras.Model(image, Layers.Dense(3, activation="softmax", name="output")(value))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = write_npz(tmp_path_factory.mktemp("data") / "tiny.npz")
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.1), path.parent)


@pytest.fixture(scope="module")
def pruned(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    model = _small(tiny.shape)
    train(model, tiny, _settings("none", epochs=6))
    for layer in model.layers:
        for weight in prunable_weights(layer):
            values = weight.numpy()
            values[np.abs(values) < np.quantile(np.abs(values), 0.6)] = 0
            weight.assign(values)
    return model


@pytest.fixture(scope="module")
def results(pruned: keras.Model, tiny: Dataset) -> dict[str, CompressionResult]:
    make_repeatable(0, 1)
    return {name: compress(pruned, tiny, _settings(name), {}) for name in STAGES}


@pytest.fixture(scope="module")
def files(
    results: dict[str, CompressionResult], tiny: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Files:
    written = {}
    for name, result in results.items():
        folder = tmp_path_factory.mktemp(name)
        with exportables(result.model, result.aware) as sources:
            for target in TARGETS:
                images = tiny.train.images[:20]
                written[name, target] = export(sources.of(target), target, folder, images)
    return written


def _kernels(path: Path) -> dict[str, NDArray[np.generic]]:
    """Read the kernels as the file stores them, output channels first."""
    reader = Interpreter(str(path))
    shapes = {"conv": (8, 3, 3, 1), "depth": (1, 3, 3, 8), "dense": (12, 72), "output": (3, 12)}
    found = {}
    for tensor in reader.get_tensor_details():
        for name, shape in shapes.items():
            if tuple(tensor["shape"]) == shape and name not in found:
                found[name] = reader.get_tensor(tensor["index"])
                assert not np.any(tensor["quantization_parameters"]["zero_points"])
    assert found.keys() == shapes.keys()
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_an_int8_file_is_all_integers(files: Files, stage: str) -> None:
    path = files[stage, Target.TFLITE_INT8]
    details = Interpreter(str(path)).get_tensor_details()
    assert np.float32 not in [each["dtype"] for each in details]
    assert {kernel.dtype.name for kernel in _kernels(path).values()} == {"int8"}


@pytest.mark.parametrize("stage", ["qat", "cluster_qat"])
def test_an_int8_file_answers_like_the_aware_model(
    results: dict[str, CompressionResult], files: Files, tiny: Dataset, stage: str
) -> None:
    aware = results[stage].aware
    assert aware is not None
    expected = np.asarray(aware(tiny.test.images[:], training=False))
    scores = by_litert(files[stage, Target.TFLITE_INT8], tiny.test.images[:])
    np.testing.assert_allclose(scores, expected, atol=0.03)
    assert (scores.argmax(axis=1) == tiny.test.labels).mean() > 0.9


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("stage", STAGES)
def test_all_files_keep_the_zeros(
    pruned: keras.Model, files: Files, stage: str, target: Target
) -> None:
    kernels = _kernels(files[stage, target])
    for name in ("conv", "dense", "output"):
        before = int((pruned.get_layer(name).kernel.numpy() == 0).sum())
        assert (kernels[name] == 0).sum() >= before > 0


def test_an_int8_file_of_a_clustered_aware_model_has_few_values(files: Files) -> None:
    kernels = _kernels(files["cluster_qat", Target.TFLITE_INT8])
    for name in ("conv", "dense", "output"):
        assert len(np.unique(kernels[name])) <= CLUSTERS
    # Depthwise kernels are neither pruned nor clustered.
    assert len(np.unique(kernels["depth"])) > CLUSTERS


@pytest.mark.parametrize("stage", ["cluster", "cluster_qat"])
def test_other_files_have_few_values_in_each_channel(files: Files, stage: str) -> None:
    for target in (Target.TFLITE_FLOAT32, Target.TFLITE_DYNAMIC):
        kernels = _kernels(files[stage, target])
        for name in ("conv", "dense", "output"):
            # Merging a normalization and rounding both scale each output channel by its own.
            for channel in kernels[name]:
                assert len(np.unique(channel)) <= CLUSTERS
    dense = _kernels(files[stage, Target.TFLITE_FLOAT32])["dense"]
    assert len(np.unique(dense)) <= CLUSTERS


def test_a_negative_scale_of_a_normalization_adds_no_more_than_signs(
    pruned: keras.Model, tiny: Dataset, tmp_path: Path
) -> None:
    make_repeatable(0, 1)
    model = keras.models.clone_model(pruned)
    model.set_weights(pruned.get_weights())
    gamma = model.get_layer("conv_norm").gamma
    gamma.assign(gamma.numpy() * np.tile([-1, 1], 4))
    result = compress(model, tiny, _settings("cluster_qat", epochs=1), {})
    with exportables(result.model, result.aware) as sources:
        source = sources.of(Target.TFLITE_INT8)
        path = export(source, Target.TFLITE_INT8, tmp_path, tiny.train.images[:1])
    values = np.unique(_kernels(path)["conv"])
    assert CLUSTERS < len(values) <= 2 * CLUSTERS - 1
