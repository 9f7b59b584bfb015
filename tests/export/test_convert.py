from pathlib import Path

import numpy as np
import pytest

from runner.backend import Interpreter, keras, make_repeatable
from runner.export.convert import export, representative_images
from runner.export.frozen_model import exportables
from runner.models import architectures
from runner.settings.targets import Target
from tests.helpers.flatbuffer import weights

IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    make_repeatable(0, 1)
    return architectures.build("mnist_cnn", (8, 8, 1), 3)


@pytest.fixture(scope="module")
def sparse_model() -> keras.Model:
    """Dense layers large enough for every target to quantize, nine of ten weights zero."""
    make_repeatable(0, 1)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Flatten(input_shape=(8, 8, 1)),
            layers.Dense(48, "relu", name="hidden"),
            layers.Dense(32, "softmax", name="output"),
        ]
    )
    for layer in model.layers[1:]:
        kernel = layer.kernel.numpy()
        kernel[np.abs(kernel) < np.quantile(np.abs(kernel), 0.9)] = 0
        layer.kernel.assign(kernel)
    return model


@pytest.fixture(scope="module")
def files(model: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Path]:
    folder = tmp_path_factory.mktemp("models")
    with exportables(model) as sources:
        converted = [target for target in Target if not target.source]
        return {target: export(sources.plain, target, folder, IMAGES) for target in converted}


def _types(path: Path) -> list[np.dtype[np.generic]]:
    """Return the types of all tensors in the file, as it stores them."""
    interpreter = Interpreter(str(path), experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    return [np.dtype(each["dtype"]) for each in interpreter.get_tensor_details()]


def test_files_are_named_by_their_target(files: dict[Target, Path]) -> None:
    assert files[Target.H5].name == "h5.h5"
    assert files[Target.TFLITE_INT8].name == "tflite_int8.tflite"


# What the file's own tensors say: the type of every kernel, and whether it is sparse-encoded.
STORED = {
    Target.TFLITE_FLOAT32: (np.float32, False),
    Target.TFLITE_FLOAT16: (np.float16, False),
    Target.TFLITE_DYNAMIC: (np.int8, False),
    Target.TFLITE_INT8: (np.int8, False),
    Target.TFLITE_INT16X8: (np.int8, False),
    Target.TFLITE_FLOAT32_SPARSE: (np.float32, True),
}


def test_every_tflite_target_is_looked_into() -> None:
    few_bits = {Target.TFLITE_INT4}
    assert set(STORED) | few_bits == {target for target in Target if target.conversion}


@pytest.mark.parametrize("target", STORED)
def test_kernels_are_stored_as_the_target_says_with_every_zero(
    sparse_model: keras.Model, tmp_path: Path, target: Target
) -> None:
    with exportables(sparse_model) as sources:
        path = export(sources.plain, target, tmp_path, IMAGES)
    dtype, sparse = STORED[target]
    stored = {tensor.values.size: tensor for tensor in weights(path) if tensor.values is not None}
    for layer in ("hidden", "output"):
        kernel = sparse_model.get_layer(layer).get_weights()[0]
        tensor = stored[kernel.size]
        assert tensor.dtype == dtype
        assert tensor.sparse == sparse
        assert tensor.quantized == (dtype is np.int8)
        assert tensor.values is not None
        zero = tensor.values == 0
        # TFLite keeps the outputs first.
        assert np.all(zero[kernel.T == 0])
        if dtype is not np.int8:
            np.testing.assert_allclose(tensor.values, kernel.T, rtol=1e-3)


def test_sparse_encoding_shrinks_the_file_itself(sparse_model: keras.Model, tmp_path: Path) -> None:
    with exportables(sparse_model) as sources:
        sizes = [
            export(sources.plain, target, tmp_path, IMAGES).stat().st_size
            for target in (Target.TFLITE_FLOAT32, Target.TFLITE_FLOAT32_SPARSE)
        ]
    assert sizes[1] < sizes[0] / 2


def test_int16x8_takes_and_gives_int16(model: keras.Model, tmp_path: Path) -> None:
    with exportables(model) as sources:
        path = export(sources.plain, Target.TFLITE_INT16X8, tmp_path, IMAGES)
    interpreter = Interpreter(str(path))
    for tensor in (*interpreter.get_input_details(), *interpreter.get_output_details()):
        assert tensor["dtype"] is np.int16
        assert tensor["quantization"][1] == 0


def test_what_would_end_the_process_is_refused(tmp_path: Path) -> None:
    layers = [keras.layers.Input((8, 8)), keras.layers.GRU(4), keras.layers.Dense(3, "softmax")]
    with (
        exportables(keras.Sequential(layers)) as sources,
        pytest.raises(ValueError, match="cannot calibrate recurrent layers"),
    ):
        export(sources.plain, Target.TFLITE_INT8, tmp_path, IMAGES[..., 0])


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
    with exportables(model) as sources, pytest.raises(OSError, match="directory"):
        export(sources.plain, Target.H5, tmp_path, IMAGES)
    assert list(tmp_path.iterdir()) == [blocked]


def test_representative_images_are_drawn_by_seed() -> None:
    some = representative_images(IMAGES, 10, seed=1)
    assert some.shape == (10, 8, 8, 1)
    np.testing.assert_array_equal(some, representative_images(IMAGES, 10, seed=1))
    assert not np.array_equal(some, representative_images(IMAGES, 10, seed=2))
    assert len(np.unique(some.reshape(10, -1), axis=0)) == 10
    assert len(representative_images(IMAGES, 100, seed=1)) == len(IMAGES)
