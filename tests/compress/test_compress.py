import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from runner.backend import keras, make_repeatable, tf
from runner.compress import (
    CompressionResult,
    StageBroke,
    compress,
    require_zeros_and_clusters,
    unsupported,
)
from runner.compress.clustering import wrap
from runner.compress.invariants import require_zero_positions
from runner.compress.qat import make_quantization_aware
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.models.clone import copy_model
from runner.prune.sparsity import LayerSparsity, measure_sparsity, prunable_weights
from runner.settings import CompressSettings, DatasetSettings
from runner.training.train import train
from tests.helpers.tiny import write_npz

Layers = keras.layers
CLUSTERS = 6
SETTINGS = {
    "name": "none",
    "clusters": CLUSTERS,
    "epochs": 1,
    "batch_size": 16,
    "learning_rate": 0.003,
    "shuffle": True,
}


def _settings(name: str, **changes: Any) -> CompressSettings:
    return CompressSettings.model_validate(SETTINGS | {"name": name} | changes)


def _without(model: keras.Model, share: float = 0.7) -> keras.Model:
    """Set the smallest weights of each layer to zero."""
    for layer in model.layers:
        for weight in prunable_weights(layer):
            values = weight.numpy()
            values[np.abs(values) < np.quantile(np.abs(values), share)] = 0
            weight.assign(values)
    return model


def _scores(model: keras.Model | None, tiny: Dataset) -> NDArray[np.float32]:
    assert model is not None
    return np.asarray(model(tiny.test.images[:], training=False))


def _accuracy(model: keras.Model, tiny: Dataset) -> float:
    return float((_scores(model, tiny).argmax(axis=1) == tiny.test.labels).mean())


def _zeros(model: keras.Model) -> list[int]:
    return [layer.zeros for layer in measure_sparsity(model, {})]


def _distinct(model: keras.Model) -> list[int]:
    return [layer.distinct for layer in measure_sparsity(model, {})]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = write_npz(tmp_path_factory.mktemp("data") / "tiny.npz")
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.1), path.parent)


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = tmp_path_factory.mktemp("data") / "colours.npz"
    draw = np.random.default_rng(0)
    images = draw.random((72, 16, 16, 3), dtype=np.float32) / 4
    labels = np.arange(72) % 3
    for label in range(3):
        images[labels == label, label * 4 : label * 4 + 4] += 0.7
    np.savez(path, x_train=images[:48], y_train=labels[:48], x_test=images[48:], y_test=labels[48:])
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.25), path.parent)


@pytest.fixture(scope="module")
def pruned(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    model = architectures.build("mnist_cnn", tiny.shape, tiny.classes)
    train(model, tiny, _settings("none", epochs=5, learning_rate=0.01))
    return _without(model)


@pytest.fixture(scope="module")
def results(pruned: keras.Model, tiny: Dataset) -> dict[str, CompressionResult]:
    found = {}
    for name in ("none", "cluster", "qat", "cluster_qat"):
        make_repeatable(3, 1)
        found[name] = compress(pruned, tiny, _settings(name, epochs=2), {})
    return found


def _model(shape: tuple[int, ...], *layers: keras.layers.Layer) -> keras.Model:
    last = [Layers.Flatten(name="flat"), Layers.Dense(3, activation="softmax", name="output")]
    return keras.Sequential([Layers.Input(shape, name="image"), *layers, *last])


def test_none_gives_the_model_as_it_is(
    results: dict[str, CompressionResult], pruned: keras.Model
) -> None:
    assert results["none"] == CompressionResult(pruned, None, ())


def test_each_stage_tells_what_it_came_to(results: dict[str, CompressionResult]) -> None:
    names = {name: [stage.name for stage in each.stages] for name, each in results.items()}
    assert names == {
        "none": [],
        "cluster": ["cluster"],
        "qat": ["qat"],
        "cluster_qat": ["cluster", "qat"],
    }
    for stage in results["cluster_qat"].stages:
        assert len(stage.history["loss"]) == len(stage.history["val_accuracy"]) == 2
        assert [layer.layer for layer in stage.layers] == ["conv", "output"]
        assert stage.training_seconds > 0


@pytest.mark.parametrize("name", ["cluster", "qat", "cluster_qat"])
def test_zeros_and_clusters_are_kept(
    results: dict[str, CompressionResult], pruned: keras.Model, tiny: Dataset, name: str
) -> None:
    model = results[name].model
    assert [layer.name for layer in model.layers] == [layer.name for layer in pruned.layers]
    assert [type(layer) for layer in model.layers] == [type(layer) for layer in pruned.layers]
    for zeros, before in zip(_zeros(model), _zeros(pruned), strict=True):
        assert zeros >= before > 0
    if "cluster" in name:
        # Zero is one of them, and all are used.
        assert _distinct(model) == [CLUSTERS, CLUSTERS]
    assert _accuracy(model, tiny) >= 0.9


@pytest.mark.parametrize("name", ["qat", "cluster_qat"])
def test_the_aware_model_has_the_weights_of_the_plain_one(
    results: dict[str, CompressionResult], tiny: Dataset, name: str
) -> None:
    model = results[name].model
    one, other = _scores(results[name].aware, tiny), _scores(model, tiny)
    np.testing.assert_allclose(one, other, atol=0.05)
    assert np.abs(one - other).max() > 0
    assert not any(isinstance(layer, Layers.Wrapper) for layer in model.layers)


def test_the_pruned_model_stays_untouched_and_nothing_is_printed(
    pruned: keras.Model,
    tiny: Dataset,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = [weights.copy() for weights in pruned.get_weights()]
    nodes = [len(layer.outbound_nodes) for layer in pruned.layers]
    with caplog.at_level(logging.INFO):
        compressed = compress(pruned, tiny, _settings("cluster_qat"), {})
    assert [len(layer.outbound_nodes) for layer in pruned.layers] == nodes
    for old, new in zip(before, pruned.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    layers = {id(layer) for layer in pruned.layers}
    assert not layers & {id(layer) for layer in compressed.model.layers}
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")


def test_the_same_seed_gives_the_same_weights(
    results: dict[str, CompressionResult], pruned: keras.Model, tiny: Dataset
) -> None:
    make_repeatable(3, 1)
    again, before = (
        compress(pruned, tiny, _settings("cluster_qat", epochs=2), {}),
        results["cluster_qat"],
    )
    assert again.aware is not None
    assert before.aware is not None
    for one, other in ((again.model, before.model), (again.aware, before.aware)):
        for values, others in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(values, others)


@pytest.mark.long
@pytest.mark.parametrize("stage", ["cluster", "qat", "cluster_qat"])
def test_every_step_trains_as_keras_own_fit(
    results: dict[str, CompressionResult], pruned: keras.Model, tiny: Dataset, stage: str
) -> None:
    start = results["cluster"].model if stage == "cluster_qat" else pruned
    settings = _settings("none", shuffle=False)
    weights = []
    for fits in (False, True):
        make_repeatable(0, 1)
        model = (
            wrap(copy_model(start), CLUSTERS)
            if stage == "cluster"
            else make_quantization_aware(start, clustered=stage == "cluster_qat")
        )
        if fits:
            optimizer = keras.optimizers.legacy.Adam(settings.learning_rate)
            model.compile(optimizer, "sparse_categorical_crossentropy")
            split = tiny.train
            model.fit(split.images[:], split.labels, 16, shuffle=False, verbose=0)
            # Wrappers take over the values of the last step when they are called.
            model.evaluate(tiny.validation.images[:], tiny.validation.labels, verbose=0)
        else:
            train(model, tiny, settings)
        weights.append({each.name: each.numpy() for each in model.variables})
    assert weights[0].keys() == weights[1].keys()
    for name, values in weights[0].items():
        np.testing.assert_allclose(values, weights[1][name], atol=1e-5, err_msg=name)


def test_ranges_come_from_the_data_alone(pruned: keras.Model, tiny: Dataset) -> None:
    make_repeatable(0, 1)
    aware = make_quantization_aware(pruned, clustered=False)
    train(aware, tiny, _settings("qat", batch_size=1000, learning_rate=1e-9))
    ranges = {
        each.name.split("/")[-1]: float(each.numpy())
        for each in aware.variables
        if "post_activation" in each.name and "conv" in each.name
    }
    inner = keras.Model(pruned.input, pruned.get_layer("conv").output)
    most = np.max(inner(tiny.train.images[:]))
    assert ranges["post_activation_min:0"] == 0
    assert ranges["post_activation_max:0"] == pytest.approx(most, rel=0.02)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name == "mnist_cnn" else pytest.mark.long)
        for name in sorted(architectures.ARCHITECTURES)
    ],
)
def test_all_architectures_can_be_compressed(colours: Dataset, name: str) -> None:
    make_repeatable(0, 1)
    model = _without(architectures.build(name, colours.shape, colours.classes))
    # Clustering its many layers as well is no different, and takes long.
    settings = _settings("qat" if name == "resnet_small" else "cluster_qat", batch_size=36)
    compressed = compress(model, colours, settings, {})
    scores = _scores(compressed.model, colours)
    np.testing.assert_allclose(_scores(compressed.aware, colours), scores, atol=0.1)


@pytest.mark.long
def test_layers_left_dense_change_nothing_for_the_others(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    hidden = Layers.Dense(20, activation="relu", name="hidden")
    model = _model(tiny.shape, Layers.Flatten(name="first"), hidden)
    kernel = model.get_layer("hidden").kernel
    kernel.assign(np.where(np.abs(kernel.numpy()) < 0.15, 0, kernel.numpy()))
    compressed = compress(model, tiny, _settings("cluster_qat"), {})
    (hidden_zeros, dense_zeros), before = _zeros(compressed.model), _zeros(model)
    assert hidden_zeros >= before[0] > 0
    assert dense_zeros == before[1] == 0


@pytest.mark.long
def test_kernels_with_few_weights_left(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    model = _model(
        tiny.shape,
        Layers.Conv2D(2, 3, name="one"),
        Layers.Conv2D(2, 3, name="none"),
        Layers.Conv2D(1, 1, name="two"),
        Layers.Conv2D(3, 1, name="three"),
    )
    for name, left in (("one", 1), ("none", 0), ("two", 2), ("three", 2)):
        kernel = model.get_layer(name).kernel
        values = kernel.numpy().ravel()
        values[left:] = 0
        kernel.assign(values.reshape(kernel.shape))
    compressed = compress(model, tiny, _settings("cluster_qat"), {})
    zeros = {layer.layer: layer.zeros for layer in compressed.stages[-1].layers}
    assert zeros["one"] >= 17
    assert zeros["none"] == 36
    assert zeros["two"] == 0
    assert zeros["three"] >= 1


@pytest.mark.long
def test_kernels_before_a_relu_or_a_concatenate_are_kept(colours: Dataset) -> None:
    make_repeatable(0, 1)
    image = Layers.Input(colours.shape, name="image")
    before_relu = Layers.ReLU(name="relu")(Layers.Conv2D(4, 3, name="before_relu")(image))
    ways = [Layers.Conv2D(4, 3, name=f"way_{way}")(before_relu) for way in (1, 2)]
    seen = Layers.GlobalMaxPooling2D(name="seen")(Layers.Concatenate(name="both")(ways))
    scores = Layers.Dense(3, activation="softmax", name="output")(seen)
    model = _without(keras.Model(image, scores))
    for name in ("qat", "cluster_qat"):
        compress(model, colours, _settings(name, learning_rate=0.01), {})


def test_a_stage_that_loses_zeros_fails() -> None:
    before = LayerSparsity("conv", "kernel", (10,), 10, zeros=5, distinct=6, requested_sparsity=0.5)
    fewer = LayerSparsity("conv", "kernel", (10,), 10, zeros=4, distinct=7, requested_sparsity=0.5)
    require_zeros_and_clusters("qat", [fewer], [before], None)
    with pytest.raises(StageBroke, match=r"qat: layer conv has 4 zeros left of 5, among 10"):
        require_zeros_and_clusters("qat", [before], [fewer], None)


def test_a_stage_that_moves_zeros_fails(pruned: keras.Model) -> None:
    moved = copy_model(pruned)
    require_zero_positions("qat", pruned, moved)
    layer = next(layer for layer in moved.layers if prunable_weights(layer))
    (kernel,) = prunable_weights(layer)
    kernel.assign(np.roll(kernel.numpy(), 1))
    with pytest.raises(StageBroke, match=rf"qat: layer {layer.name} has lost \d+ of its zeros"):
        require_zero_positions("qat", pruned, moved)


def test_a_stage_with_too_many_values_fails() -> None:
    layer = LayerSparsity("conv", "kernel", (10,), 10, zeros=5, distinct=6, requested_sparsity=0.5)
    require_zeros_and_clusters("cluster", [layer], [layer], 6)
    with pytest.raises(StageBroke, match=r"cluster: layer conv has 6 different values, .* most 5"):
        require_zeros_and_clusters("cluster", [layer], [layer], 5)


@pytest.mark.parametrize("name", ["none", "cluster", "qat", "cluster_qat"])
def test_what_can_be_compressed_is_supported(pruned: keras.Model, name: str) -> None:
    assert unsupported(pruned, _settings(name)) is None


@pytest.mark.parametrize(
    ("layers", "named"),
    [
        (lambda: [Layers.LayerNormalization(name="it")], "it (LayerNormalization)"),
        (lambda: [Layers.SeparableConv2D(2, 3, name="it")], "it (SeparableConv2D)"),
        (
            lambda: [Layers.Rescaling(2.0, name="a"), Layers.PReLU(name="b")],
            "a (Rescaling), b (PReLU)",
        ),
        (
            lambda: [keras.Sequential([Layers.ReLU()], name="it")],
            "it (a model inside the model)",
        ),
        (lambda: [Layers.Lambda(tf.abs, name="it")], "it (Lambda)"),
        (lambda: [Layers.Activation("elu", name="it")], "it (Activation with the activation elu)"),
        (
            lambda: [Layers.Conv2D(2, 3, activation="elu", name="it")],
            "it (Conv2D with the activation elu)",
        ),
        (
            lambda: [Layers.BatchNormalization(name="it")],
            "it (BatchNormalization, not right after a convolution without activation)",
        ),
        (
            lambda: [Layers.Dense(2, name="before"), Layers.BatchNormalization(name="it")],
            "it (BatchNormalization of before, a Dense layer)",
        ),
    ],
)
def test_what_cannot_be_quantized_is_named(layers: Callable[[], list[Any]], named: str) -> None:
    make_repeatable(0, 1)
    model = _model((8, 8, 3), *layers())
    assert unsupported(model, _settings("cluster")) is None
    assert unsupported(model, _settings("qat")) == f"cannot be quantized by TFMOT: {named}"
    assert unsupported(model, _settings("cluster_qat")) == f"cannot be quantized by TFMOT: {named}"


def test_what_cannot_be_clustered_is_named() -> None:
    make_repeatable(0, 1)
    model = _model((8, 8, 3), Layers.Reshape((8, 24), name="rows"), Layers.LSTM(2, name="it"))
    assert unsupported(model, _settings("cluster")) == "cannot be clustered by TFMOT: it (LSTM)"
