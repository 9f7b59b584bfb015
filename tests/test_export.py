from pathlib import Path

import numpy as np
import pytest

from runner import architectures
from runner.backend import Interpreter, keras, make_repeatable
from runner.export import WRITERS, export, representative_images
from runner.frozen import exportable
from runner.targets import Target

IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    make_repeatable(0, 1)
    return architectures.build("mnist_cnn", (8, 8, 1), 3)


@pytest.fixture(scope="module")
def files(model: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Path]:
    folder = tmp_path_factory.mktemp("models")
    with exportable(model) as source:
        return {target: export(source, target, folder, IMAGES) for target in Target}


def _types(path: Path) -> list[np.dtype[np.generic]]:
    """Return the types of all tensors in the file, as it stores them."""
    interpreter = Interpreter(str(path), experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    return [np.dtype(each["dtype"]) for each in interpreter.get_tensor_details()]


def test_every_target_has_a_writer() -> None:
    assert set(WRITERS) == set(Target)


def test_files_are_named_by_their_target(files: dict[Target, Path]) -> None:
    assert files[Target.H5].name == "h5.h5"
    assert files[Target.TFLITE_INT8].name == "tflite_int8.tflite"


def test_nothing_but_the_files_is_left(files: dict[Target, Path]) -> None:
    folder = files[Target.H5].parent
    assert sorted(folder.iterdir()) == sorted(files.values())


def test_float_files_hold_floats(files: dict[Target, Path]) -> None:
    assert np.dtype(np.int8) not in _types(files[Target.TFLITE_FLOAT32])
    assert np.dtype(np.float16) in _types(files[Target.TFLITE_FLOAT16])


def test_dynamic_range_weights_are_int8_and_images_float(files: dict[Target, Path]) -> None:
    interpreter = Interpreter(str(files[Target.TFLITE_DYNAMIC]))
    assert interpreter.get_input_details()[0]["dtype"] is np.float32


def test_int8_takes_and_gives_int8(files: dict[Target, Path]) -> None:
    interpreter = Interpreter(str(files[Target.TFLITE_INT8]))
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert taken["dtype"] is np.int8
    assert given["dtype"] is np.int8
    assert taken["quantization"][0] > 0
    assert np.dtype(np.float32) not in _types(files[Target.TFLITE_INT8])


def test_h5_is_read_back_with_the_same_weights(
    model: keras.Model, files: dict[Target, Path]
) -> None:
    read = keras.models.load_model(str(files[Target.H5]), compile=False)
    for one, other in zip(model.get_weights(), read.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_target_that_cannot_be_written_leaves_nothing(model: keras.Model, tmp_path: Path) -> None:
    blocked = tmp_path / Target.H5.file_name
    blocked.mkdir()
    with exportable(model) as source, pytest.raises(OSError, match="directory"):
        export(source, Target.H5, tmp_path, IMAGES)
    assert list(tmp_path.iterdir()) == [blocked]


def test_representative_images_are_drawn_by_seed() -> None:
    some = representative_images(IMAGES, 10, seed=1)
    assert some.shape == (10, 8, 8, 1)
    np.testing.assert_array_equal(some, representative_images(IMAGES, 10, seed=1))
    assert not np.array_equal(some, representative_images(IMAGES, 10, seed=2))
    assert len(np.unique(some.reshape(10, -1), axis=0)) == 10
    assert len(representative_images(IMAGES, 100, seed=1)) == len(IMAGES)
