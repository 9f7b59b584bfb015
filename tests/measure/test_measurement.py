import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from runner.backend import Interpreter, keras, make_repeatable
from runner.data import dataset
from runner.data.classes import Classes
from runner.data.dataset import Dataset
from runner.data.images import Images
from runner.data.scale import scale_of
from runner.data.split import Split
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.measure.file_sizes import zipped_bytes
from runner.measure.measurement import agreement, measure
from runner.models import architectures
from runner.settings import DatasetSettings
from runner.settings.targets import Target
from tests.helpers.tiny import write_npz


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = write_npz(tmp_path_factory.mktemp("data") / "tiny.npz", images=200)
    settings = DatasetSettings(name="npz", path=path, validation_share=0.3)
    return dataset.load(settings, path.parent)


@pytest.fixture(scope="module")
def model(tiny: Dataset) -> keras.Model:
    make_repeatable(1, 1)
    return architectures.build("mnist_cnn", tiny.shape, tiny.classes)


def _export(model: keras.Model, target: Target, folder: Path, tiny: Dataset) -> Path:
    with exportables(model) as sources:
        return export(sources.plain, target, folder, tiny.train.images[:])


@pytest.mark.parametrize("target", [each for each in Target if not each.encoding])
def test_accuracy_is_that_of_the_model_on_both_splits(
    model: keras.Model, tiny: Dataset, tmp_path: Path, target: Target
) -> None:
    path = _export(model, target, tmp_path, tiny)
    measured = measure(target, path, tiny, threads=1)
    expected = model.predict(tiny.test.images[:], verbose=0).argmax(axis=-1)
    # An untrained model is often undecided, and int8 has 256 steps to tell two classes apart.
    least = 0.9 if target in (Target.TFLITE_INT8, Target.TFLITE_DYNAMIC) else 1.0
    assert agreement(measured.test_classes, expected) >= least
    assert measured.accuracy == np.mean(measured.test_classes == tiny.test.labels)
    validation = model.predict(tiny.validation.images[:], verbose=0).argmax(axis=-1)
    assert measured.validation_accuracy == pytest.approx(
        np.mean(validation == tiny.validation.labels), abs=1.01 - least
    )
    assert measured.size_bytes == path.stat().st_size


def test_int8_images_are_quantized_by_the_files_own_scale(
    model: keras.Model, tiny: Dataset, tmp_path: Path
) -> None:
    path = _export(model, Target.TFLITE_INT8, tmp_path, tiny)
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = taken["quantization"]
    classes = []
    for image in tiny.test.images[:]:
        steps = np.clip(np.rint(image[np.newaxis] / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(taken["index"], steps)
        interpreter.invoke()
        classes.append(interpreter.get_tensor(given["index"])[0].argmax())
    measured = measure(Target.TFLITE_INT8, path, tiny, threads=1)
    np.testing.assert_array_equal(measured.test_classes, classes)


def test_more_images_than_a_batch_are_all_counted(
    model: keras.Model, tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _export(model, Target.TFLITE_FLOAT32, tmp_path, tiny)
    whole = measure(Target.TFLITE_FLOAT32, path, tiny, threads=1)
    monkeypatch.setattr("runner.measure.measurement._BATCH", 7)
    parts = measure(Target.TFLITE_FLOAT32, path, tiny, threads=1)
    np.testing.assert_array_equal(whole.test_classes, parts.test_classes)
    assert len(parts.test_classes) == len(tiny.test.labels)


def test_zipped_bytes_are_those_of_a_real_zip(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(bytes(range(256)) * 50 + bytes(5000))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_DEFLATED) as file:
        file.write(path, path.name)
    assert zipped_bytes(path) == len(archive.getvalue()) < 5000


def test_zipped_bytes_do_not_depend_on_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"weights" * 1000)
    first = zipped_bytes(path)
    path.touch()
    assert zipped_bytes(path) == first


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_number_means_yes_or_no(activation: str | None, tmp_path: Path) -> None:
    make_repeatable(1, 1)
    image = keras.layers.Input((2, 1, 1))
    number = keras.layers.Dense(1, activation=activation)(keras.layers.Flatten()(image))
    model = keras.Model(image, number)
    model.set_weights([np.array([[8.0], [-8.0]]), np.array([0.0])])
    images = np.random.default_rng(0).random((60, 2, 1, 1)).astype(np.float32)
    expected = (images[:, 0, 0, 0] > images[:, 1, 0, 0]).astype(np.int64)
    split = Split(Images.of(images, scale_of("0..1")), expected)
    data = Dataset("yes", "", split, split, split, Classes.numbered(2), "", scale_of("0..1"))
    for target in (Target.H5, Target.TFLITE_FLOAT32, Target.TFLITE_INT8):
        with exportables(model) as sources:
            path = export(sources.of(target), target, tmp_path, images)
        # In int8, numbers that are next to each other may fall together.
        assert measure(target, path, data, 1, logits=activation is None).accuracy > 0.95
