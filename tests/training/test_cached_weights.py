"""A baseline out of the cache is the very model that was trained, for every kind of model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf
from runner.data import dataset
from runner.models import build
from runner.planning.fingerprint import baseline_signature
from runner.settings import Settings
from runner.settings.cache_paths import baseline_lock
from runner.training.baseline import obtain_baseline
from tests.helpers.keras_3 import run_keras_3
from tests.helpers.own_models import classifier, functions, layers, residual, save
from tests.helpers.project import Configure


def _same_as_keras_reads(settings: Settings) -> None:
    """Compare what comes out of the cache with what Keras makes of the cached file itself."""
    data = dataset.load(settings.dataset, settings.cache.folder)
    signature = baseline_signature(settings, data.digest)
    with baseline_lock(settings, signature):
        trained = obtain_baseline(settings, data, signature)
        again = obtain_baseline(settings, data, signature)
    make_repeatable(settings.seed, settings.threads)
    build.build(settings.architecture, data.shape, data.class_set)
    file = settings.cache.folder / "baselines" / signature / "model.h5"
    loaded = keras.models.load_model(str(file), compile=False)
    _same(trained.model, loaded)
    _same(again.model, loaded)
    assert trained.history == again.history


def _same(model: keras.Model, loaded: keras.Model) -> None:
    assert _described(model.get_config()) == _described(loaded.get_config())
    for left, right in zip(model.layers, loaded.layers, strict=True):
        assert (left.name, left.trainable) == (right.name, right.trainable)
        assert [weight.name for weight in left.weights] == [each.name for each in right.weights]
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def _described(config: Any) -> Any:
    """Leave out what Keras adds to a description when it reads one."""
    if isinstance(config, dict):
        return {name: _described(value) for name, value in config.items() if name != "build_config"}
    return [_described(each) for each in config] if isinstance(config, list | tuple) else config


def _varied() -> keras.Model:
    """Layers that vary images, and one that has learned how to scale them."""
    scaling = layers.Normalization(axis=None)
    scaling.adapt(np.random.default_rng(0).random((9, 8, 8, 1), np.float32))
    flip = [layers.RandomFlip("horizontal"), layers.GaussianNoise(0.1)]
    return classifier(scaling, *flip, layers.Flatten(), layers.Dropout(0.2))


def _frozen() -> keras.Model:
    model = residual()
    for name in ("mix", "norm"):
        model.get_layer(name).trainable = False
    return model


def _recurrent() -> keras.Model:
    rows = layers.Reshape((8, 8))
    return classifier(rows, layers.Bidirectional(layers.LSTM(3)), layers.BatchNormalization())


def _unnamed() -> keras.Model:
    """A model of operations, whose layers Keras names by counting."""
    image = layers.Input((8, 8, 1))
    value = tf.nn.relu(layers.Conv2D(3, 3)(image) * 2.0) + 1.0
    scores = layers.Dense(3)(layers.Flatten()(tf.reduce_mean(value, axis=3)))
    return keras.Model(image, scores)


@pytest.mark.long
@pytest.mark.parametrize(
    "model",
    [
        _varied,
        *(pytest.param(each, marks=pytest.mark.long) for each in (_frozen, _recurrent, _unnamed)),
    ],
)
def test_a_model_from_a_file(
    settings: Configure, tmp_path: Path, model: Callable[[], keras.Model]
) -> None:
    make_repeatable(1, 1)
    path = save(model(), tmp_path / "own.keras")
    _same_as_keras_reads(
        settings("architecture=keras_file", f"architecture.path={path}", "baseline.epochs=1")
    )


@pytest.mark.long
@pytest.mark.parametrize("epochs", [0, 1])
def test_a_model_of_keras_3(settings: Configure, tmp_path: Path, epochs: int) -> None:
    run_keras_3(
        "image = layers.Input((8, 8, 1))\n"
        "value = layers.BatchNormalization()(layers.Conv2D(4, 3, name='mix')(image))\n"
        "value = ops.relu(value * 2.0) + layers.GaussianNoise(0.1)(value)\n"
        "frozen = layers.Dense(4, trainable=False)\n"
        "scores = layers.Dense(3)(frozen(layers.Flatten()(value)))\n"
        "unlike(keras.Model(image, scores)).save('own.keras')\n",
        tmp_path,
    )
    path = tmp_path / "own.keras"
    overrides = ("architecture=keras_file", f"architecture.path={path}")
    _same_as_keras_reads(settings(*overrides, f"baseline.epochs={epochs}"))


@pytest.mark.long
def test_a_function_with_a_class_of_its_own(settings: Configure, tmp_path: Path) -> None:
    target = functions(tmp_path, "own_of_cache")
    _same_as_keras_reads(settings("architecture=callable", f"architecture.target={target}:network"))


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        "mnist_cnn",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("fashion_cnn", "depthwise_cnn", "lenet5", "lenet_300_100", "resnet_small")
        ),
    ],
)
def test_a_shipped_network(settings: Configure, npz: Path, name: str) -> None:
    tiny = np.load(npz)
    large = {key: value.repeat(4, 1).repeat(4, 2) for key, value in tiny.items() if key[0] == "x"}
    np.savez(npz, **{**tiny, **large})
    _same_as_keras_reads(settings(f"architecture={name}", "baseline.epochs=1"))
