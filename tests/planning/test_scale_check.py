"""A model with weights is tried on the range of numbers that it is to be fed with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.data.classes import Classes
from runner.data.scale import scale_of
from runner.errors import ImpossiblePoint
from runner.models.build import build
from runner.models.preprocessing import expected_scale
from runner.planning.checks import examine
from runner.planning.request import Request
from runner.planning.scale_check import refuse_wrong_scale
from runner.settings.dataset import ScaleName
from tests.helpers.lookalikes import LOOKALIKES, Lookalike, draw, make
from tests.helpers.own_models import from_file, save
from tests.helpers.project import Command, Configure
from tests.helpers.stores import runs_in
from tests.helpers.tiny import quick

layers = keras.layers
BY_NAME = {lookalike.name: lookalike for lookalike in LOOKALIKES}
TRAINED = ["bytes", "symmetric", "imagenet"]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """A process computes with one number of threads, whatever test comes first in it."""
    make_repeatable(1, 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Some look-alikes as files."""
    folder = tmp_path_factory.mktemp("trained")
    return {name: make(BY_NAME[name], folder).model for name in TRAINED}


def _request(
    settings: Configure, model: Path, lookalike: Lookalike, scale: ScaleName, sample: Path | None
) -> Request:
    images, labels = draw(lookalike, seed=5)
    if sample:
        np.savez(sample, pixels=images / np.float32(255), labels=labels)
    rest = settings()
    return Request(
        architecture=from_file(model),
        schedule=rest.schedule,
        compress=rest.compress,
        shape=images.shape[1:],
        classes=Classes.numbered(3),
        scale=scale_of(scale),
        sample=sample,
    )


@pytest.mark.parametrize("name", TRAINED)
def test_only_the_range_that_a_model_was_trained_on_is_taken(
    name: str, trained: dict[str, Path], settings: Configure, tmp_path: Path
) -> None:
    lookalike = BY_NAME[name]
    right = lookalike.settings["dataset.scale"]
    request = _request(settings, trained[name], lookalike, "0..1", tmp_path / "sample.npz")
    model = build(request.architecture, request.shape, request.classes)
    choices: list[ScaleName] = ["0..1", "-1..1", "0..255"]
    refused = {}
    for scale in choices:
        try:
            refuse_wrong_scale(model, request, scale_of(scale))
        except ImpossiblePoint as refusal:
            refused[scale] = str(refusal)
    # To -1..1 a model of ImageNet's mean and deviation is indifferent.
    assert set(choices) - refused.keys() <= {right, "-1..1"}
    line = refused["0..1"]
    assert line.startswith(f"architecture.path={trained[name]}: has ")
    assert f"of {len(draw(lookalike)[1])} training images right with dataset.scale=" in line
    better = line.partition(": take dataset.scale=")[2].partition(";")[0]
    assert better in (right, "-1..1")
    assert line.endswith("architecture.check_scale=false takes 0..1 all the same")


def test_without_images_nothing_is_tried(trained: dict[str, Path], settings: Configure) -> None:
    request = _request(settings, trained["bytes"], BY_NAME["bytes"], "0..1", None)
    assert examine(request).scale is None


def test_random_weights_are_taken_on_every_range(
    trained: dict[str, Path], settings: Configure, tmp_path: Path
) -> None:
    bytes_ = BY_NAME["bytes"]
    request = _request(settings, trained["bytes"], bytes_, "0..1", tmp_path / "sample.npz")
    model = build(request.architecture, request.shape, request.classes)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([w if w.ndim > 1 else w * 0 for w in layer.get_weights()])
    refuse_wrong_scale(model, request, scale_of("0..1"))


_FIRST: list[tuple[Callable[[], list[Any]], ScaleName | None]] = [
    (lambda: [layers.Rescaling(1 / 255)], "0..255"),
    (lambda: [layers.Rescaling(1 / 127.5, -1)], "0..255"),
    (lambda: [layers.RandomFlip(), layers.Resizing(8, 8), layers.Rescaling(1 / 255)], "0..255"),
    (lambda: [layers.Normalization(mean=[120.0], variance=[3600.0])], "0..255"),
    (lambda: [layers.Rescaling(0.5, 0.5)], "-1..1"),
    (lambda: [layers.Rescaling(1.0, -127.5)], "0..255"),
    (lambda: [layers.Normalization(mean=[30.0], variance=[400.0])], "0..255"),
    (lambda: [layers.Rescaling(255.0)], None),
    (lambda: [layers.Normalization(mean=[0.4], variance=[0.09])], None),
    (lambda: [layers.Conv2D(2, 3), layers.Rescaling(1 / 255)], None),
    (lambda: [keras.Sequential([layers.Rescaling(1 / 255), layers.Conv2D(2, 3)])], "0..255"),
]


@pytest.mark.parametrize(("first", "expected"), _FIRST)
def test_a_model_that_scales_pixels_itself_is_fed_with_them(
    first: Callable[[], list[Any]], expected: ScaleName | None, settings: Configure, tmp_path: Path
) -> None:
    last = [layers.Flatten(), layers.Dense(3)]
    path = save(keras.Sequential([layers.Input((8, 8, 1)), *first(), *last]), tmp_path / "own.h5")
    request = _request(settings, path, BY_NAME["usual"], "0..1", None)
    model = build(request.architecture, request.shape, request.classes)
    found = expected_scale(model)
    assert (found and found[0]) in (expected, None if expected else "0..1")


def test_a_range_that_is_chosen_goes_before_what_the_model_expects(
    settings: Configure, tmp_path: Path
) -> None:
    own = [layers.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(3)]
    path = save(keras.Sequential(own), tmp_path / "own.h5")
    usual = examine(_request(settings, path, BY_NAME["usual"], "0..1", None))
    assert usual.scale == "0..255"
    assert usual.notes == (
        f"architecture.path={path}: its layer {own[1].name} scales pixels itself; it is fed with "
        "dataset.scale=0..255",
    )
    chosen = examine(_request(settings, path, BY_NAME["usual"], "-1..1", None))
    assert (chosen.scale, chosen.notes) == (None, ())


@pytest.mark.long
def test_a_sweep_over_ranges_runs_each_of_them(command: Command, npz: Path, tmp_path: Path) -> None:
    own = [layers.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(3)]
    path = save(keras.Sequential(own), tmp_path / "own.h5")
    typed = ["architecture=keras_file", f"architecture.path={path}", *quick(npz)]
    done = command("-m", *typed, "dataset.scale=0..1,0..255", "export.targets=[h5]")
    assert done.returncode == 0, done.stderr
    points = {run.name: run.params["dataset.scale"] for run in runs_in(tmp_path, "point")}
    assert points == {"scale=0..1": "0..1", "scale=0..255": "0..255"}
    # Where nobody chooses, the model's own layer does.
    done = command(*typed, "schedule.epochs=1", "export.targets=[h5]")
    assert done.returncode == 0, done.stderr
    chosen = [run.params["dataset.scale"] for run in runs_in(tmp_path, "point")]
    assert sorted(chosen) == ["0..1", "0..255", "0..255"]
