"""Make small models and data as people bring them, trained on ranges of numbers of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from runner.backend import keras, make_repeatable

layers = keras.layers
Array = np.ndarray[Any, Any]
_IMAGES = 240


@dataclass(frozen=True)
class Lookalike:
    """A model, the data that it is for, and how its author feeds it.

    Attributes:
        name: what is special about it.
        settings: the settings that a user types for it, besides its files.
        layers: builds it, input first.
        feed: what its author does to the images of the file.
        batch: the number of images that the model takes, and no other; None for any number.
        channels: of the images; None for series of 7 moments and 3 values.
        labels: turns 0, 1, 2 into the labels of the file.
        outputs: the output that stands for 0, 1 and 2.
        names: the names of the model's classes; None where it does not tell.
    """

    name: str
    layers: Callable[[], list[Any]]
    settings: Mapping[str, str] = field(default_factory=dict)
    feed: Callable[[Array], Array] = lambda images: images / 255
    batch: int | None = None
    channels: int | None = 1
    labels: Callable[[Array], Array] = lambda labels: labels
    outputs: tuple[int, ...] = (0, 1, 2)
    names: tuple[str, ...] | None = None

    @property
    def classes(self) -> int:
        """How many classes the data has."""
        return len(self.outputs)


def _dense(outputs: int = 3, activation: str | None = "softmax") -> list[Any]:
    # Without the normalization, a network of rectifiers gives the same classes on any scale.
    return [
        layers.Flatten(),
        layers.Dense(24),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
        layers.Dense(outputs, activation=activation),
    ]


def _convolutions() -> list[Any]:
    found: list[Any] = []
    for _ in range(2):
        found += [layers.Conv2D(8, 3), layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    return [*found, layers.Flatten(), layers.Dense(3, activation="softmax")]


def _nested() -> list[Any]:
    """A model in the model, which is applied to its own output."""
    inner = keras.Sequential([layers.Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same")])
    image = layers.Input((8, 8, 4))
    twice = keras.Model(image, inner(layers.ReLU()(inner(image))))
    return [layers.Conv2D(4, 3, padding="same"), twice, *_dense()]


def _normalization() -> list[Any]:
    return [layers.Normalization(mean=90.0, variance=80.0**2), *_dense()]


_MEAN, _STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
LOOKALIKES = [
    Lookalike("usual", _dense),
    Lookalike("bytes", _convolutions, {"dataset.scale": "0..255"}, lambda images: images * 1.0),
    Lookalike(
        "symmetric", _convolutions, {"dataset.scale": "-1..1"}, lambda images: images / 127.5 - 1
    ),
    Lookalike(
        "imagenet",
        _convolutions,
        {"dataset.scale": "imagenet"},
        lambda images: (images / 255 - _MEAN) / _STD,
        channels=3,
    ),
    Lookalike(
        "caffe",
        _convolutions,
        {"dataset.scale": "caffe"},
        lambda images: images[..., ::-1] - np.array([103.939, 116.779, 123.68]),
        channels=3,
    ),
    Lookalike(
        "mean_std",
        _dense,
        {"dataset.scale": "mean_std", "dataset.mean": "[0.4]", "dataset.std": "[0.3]"},
        lambda images: (images / 255 - 0.4) / 0.3,
    ),
    Lookalike(
        "series",
        lambda: [layers.Conv1D(8, 3, activation="relu"), *_dense()],
        {"dataset.scale": "as_is"},
        lambda series: series,
        channels=None,
    ),
    Lookalike(
        "rescaling", lambda: [layers.Rescaling(1 / 255), *_dense()], {}, lambda images: images
    ),
    Lookalike("normalization", _normalization, {}, lambda images: images),
    Lookalike(
        "augmentation",
        lambda: [
            layers.RandomTranslation(0.01, 0.01),
            layers.Rescaling(1 / 127.5, -1),
            layers.RandomContrast(0.1),
            *_dense(),
        ],
        {},
        lambda images: images,
    ),
    Lookalike("sigmoid", lambda: _dense(1, "sigmoid"), outputs=(0, 1)),
    Lookalike("logit", lambda: _dense(1, None), outputs=(0, 1)),
    Lookalike("nested", _nested),
    Lookalike("fixed_batch", _dense, batch=16),
    Lookalike(
        "more_classes", lambda: _dense(5), labels=lambda numbers: numbers * 2, outputs=(0, 2, 4)
    ),
    Lookalike(
        "gaps", _dense, labels=lambda numbers: np.array([2, 5, 9])[numbers], outputs=(0, 1, 2)
    ),
    Lookalike(
        "names",
        lambda: _dense(4),
        labels=lambda numbers: np.array(["cat", "dog", "emu"])[numbers],
        outputs=(3, 0, 1),
        names=("dog", "emu", "yak", "cat"),
    ),
    Lookalike("one_hot", lambda: _dense(4), labels=lambda numbers: np.eye(4)[numbers]),
    Lookalike("in_file", _dense, {"dataset.scale": "-1..1", "dataset.scale_in_file": "true"},
              lambda images: images / 127.5 - 1),
]  # fmt: skip


@dataclass(frozen=True)
class Files:
    """The files of a look-alike, what is typed for it, and its author's own test accuracy."""

    model: Path
    data: Path
    settings: Mapping[str, str]
    accuracy: float

    def overrides(self) -> dict[str, str]:
        """What a user types."""
        return {
            "architecture.path": str(self.model),
            "dataset.path": str(self.data),
            **self.settings,
        }


def draw(lookalike: Lookalike, seed: int = 0) -> tuple[Array, Array]:
    """Draw images, or series, of which each class lights rows of its own; hard to tell at times."""
    generator = np.random.default_rng(seed)
    labels = np.arange(_IMAGES) % lookalike.classes
    if lookalike.channels is None:
        series = generator.normal(0, 6, (_IMAGES, 7, 3))
        series[np.arange(_IMAGES), :, labels] += 5
        return series.astype(np.float32), labels
    pixels = generator.integers(0, 140, (_IMAGES, 8, 8, lookalike.channels))
    for label in range(lookalike.classes):
        pixels[labels == label, label * 2 : label * 2 + 2] += 35
    if lookalike.channels == 3:
        # So that the order of the channels matters.
        pixels[..., 0] = generator.integers(0, 200, pixels.shape[:3])
    return pixels.astype(np.uint8), labels


def make(lookalike: Lookalike, folder: Path) -> Files:
    """Train a look-alike as its author would, and write it and its data."""
    # A process computes with one number of threads, and other tests need one thread.
    make_repeatable(1, 1)
    images, numbers = draw(lookalike)
    half = _IMAGES * 2 // 3
    targets = np.asarray(lookalike.outputs)[numbers]
    fed = lookalike.feed(images.astype(np.float32)).astype(np.float32)
    first = layers.Input(fed.shape[1:], batch_size=lookalike.batch)
    model = keras.Sequential([first, *lookalike.layers()])
    single = model.output_shape[-1] == 1
    logits = model.layers[-1].activation is keras.activations.linear
    loss = (
        keras.losses.BinaryCrossentropy(logits)
        if single
        else keras.losses.SparseCategoricalCrossentropy(logits)
    )
    model.compile(keras.optimizers.legacy.Adam(0.005), loss)
    model.fit(fed[:half], targets[:half], batch_size=16, epochs=25, verbose=0)
    scores = model.predict(fed[half:], batch_size=16, verbose=0)
    answers = scores[:, 0] > (0 if logits else 0.5) if single else scores.argmax(axis=1)
    paths = folder / f"{lookalike.name}.h5", folder / f"{lookalike.name}.npz"
    model.save(paths[0])
    labels = lookalike.labels(numbers)
    np.savez(
        paths[1], x_train=images[:half], y_train=labels[:half], x_test=images[half:],
        y_test=labels[half:],
    )  # fmt: skip
    settings = dict(lookalike.settings)
    if lookalike.names:
        listed = folder / f"{lookalike.name}.txt"
        listed.write_text("\n".join(lookalike.names))
        settings["architecture.labels"] = str(listed)
    return Files(*paths, settings, float(np.mean(answers == targets[half:])))
