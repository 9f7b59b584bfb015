from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from runner.backend import keras, make_repeatable, tf, tfmot
from runner.export.convert import export
from runner.export.frozen_model import Exportable
from runner.measure.weight_bytes import Key, weight_bytes
from runner.settings.targets import Target
from tests.helpers.flatbuffer import Tensor, constants, weights

pytestmark = pytest.mark.long

layers = keras.layers

# Bytes of one number in a kernel and in a bias.
DENSE = {
    Target.H5: (4, 4),
    Target.TFLITE_FLOAT32: (4, 4),
    Target.TFLITE_FLOAT16: (2, 2),
    Target.TFLITE_DYNAMIC: (1, 4),
    Target.TFLITE_INT8: (1, 4),
    Target.TFLITE_INT16X8: (1, 8),
}
# How much of each kernel is zero: no two of the same shape alike.
ZEROS = {"conv": 0.9, "conv_1": 0.7}

Files = dict[Target, Path]
Exports = tuple[keras.Model, Files]


def _plain() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((6, 6, 16), name="image"),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv"),
            layers.Conv2D(16, 3, activation="relu", name="conv_1"),
            layers.Flatten(name="flatten"),
            layers.Dense(40, activation="relu", name="dense"),
            layers.Dense(40, activation="softmax", name="output"),
        ],
        name="plain",
    )


def _residual() -> keras.Model:
    image = layers.Input((6, 6, 3), name="image")
    stem = layers.Conv2D(128, 3, padding="same", use_bias=False, name="conv")(image)
    stem = layers.ReLU(name="relu")(layers.BatchNormalization(name="norm")(stem))
    path = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise")(stem)
    path = layers.ReLU(6.0, name="relu_1")(layers.BatchNormalization(name="norm_1")(path))
    path = layers.Conv2D(128, 1, name="conv_1")(path)
    path = layers.Add(name="add")([stem, layers.BatchNormalization(name="norm_2")(path)])
    # With nothing before it that it could become part of.
    path = layers.ReLU(name="relu_2")(layers.BatchNormalization(name="norm_3")(path))
    path = layers.GlobalAveragePooling2D(name="average")(path)
    return keras.Model(image, layers.Dense(10, name="output")(path), name="residual")


def _name(weight: tf.Variable) -> str:
    return str(weight.name).split("/")[-1].split(":")[0]


def _fill(model: keras.Model) -> keras.Model:
    """Give all weights different values, and kernels the zeros of a pruned model."""
    draw = np.random.default_rng(0)
    for layer in model.layers:
        for weight in layer.weights:
            values = draw.uniform(0.5, 1.0, weight.shape) * draw.choice([-1, 1], weight.shape)
            if "kernel" in _name(weight):
                values *= draw.random(weight.shape) >= ZEROS.get(layer.name, 0.8)
            weight.assign(np.abs(values) if _name(weight) == "moving_variance" else values)
    return model


def _exported(model: keras.Model, folder: Path, *targets: Target) -> Files:
    images = np.random.default_rng(0).random((8, *model.inputs[0].shape[1:]), dtype=np.float32)
    source = Exportable(model, folder / "saved_model")
    return {target: export(source, target, folder, images) for target in targets}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exports]:
    make_repeatable(0, 1)
    models = [_fill(_plain()), _fill(_residual())]
    targets = [*DENSE, Target.TFLITE_FLOAT32_SPARSE]
    folder = tmp_path_factory.mktemp("exports")
    return {each.name: (each, _exported(each, folder / each.name, *targets)) for each in models}


@pytest.fixture(params=["plain", "residual"])
def either(request: pytest.FixtureRequest, exports: dict[str, Exports]) -> Exports:
    return exports[request.param]


@pytest.fixture
def plain(exports: dict[str, Exports]) -> Exports:
    return exports["plain"]


def _weights_of(model: keras.Model, *, folded: bool) -> dict[Key, NDArray[np.float32]]:
    """List all weights; if so asked, without those that no converter stores as they are."""
    return {
        (layer.name, _name(weight)): weight.numpy()
        for layer in model.layers
        for weight in layer.weights
        if not (folded and isinstance(layer, layers.BatchNormalization))
    }


def _as_stored(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.moveaxis(kernel, -1, 0)


def _sparse_bytes(kernel: NDArray[np.float32]) -> int:
    """Count the values and, in the smallest type that holds them, columns and ends of rows."""
    stored, values = _as_stored(kernel), int(np.count_nonzero(kernel))
    rows, columns = stored.size // stored.shape[-1], stored.shape[-1]
    return int(values * (4 + 1 + (columns > 256)) + (rows + 1) * (1 + (values > 255)))


@pytest.mark.parametrize("target", DENSE)
def test_dense_weights_take_their_elements_times_the_size_of_their_type(
    either: Exports, target: Target
) -> None:
    model, files = either
    of_kernel, of_bias = DENSE[target]
    expected = {
        key: values.size * (of_kernel if values.ndim > 1 else of_bias)
        for key, values in _weights_of(model, folded=target is not Target.H5).items()
    }
    assert weight_bytes(files[target], model) == expected


def test_the_bytes_of_all_weights_are_most_of_the_file(either: Exports) -> None:
    model, files = either
    for path in files.values():
        size = path.stat().st_size
        assert size / 2 <= sum(weight_bytes(path, model).values()) <= size


def test_sparse_weights_take_their_values_and_indices(plain: Exports) -> None:
    model, files = plain
    found = weight_bytes(files[Target.TFLITE_FLOAT32_SPARSE], model)
    for key, values in _weights_of(model, folded=True).items():
        if key[1] == "kernel":
            assert found[key] == _sparse_bytes(values) < values.nbytes
        else:
            assert found[key] == values.nbytes
    # Of the same shape, with names of which one begins with the other.
    assert found["conv", "kernel"] < found["conv_1", "kernel"]


def test_sparse_weights_with_folded_normalization_are_found(either: Exports) -> None:
    model, files = either
    found = weight_bytes(files[Target.TFLITE_FLOAT32_SPARSE], model)
    dense = weight_bytes(files[Target.TFLITE_FLOAT32], model)
    assert found.keys() == dense.keys()
    assert all(found[key] < dense[key] for key in found if "kernel" in key[1])


def _awkward() -> keras.Model:
    """Name the model as a layer, one layer within another's name, and twins."""
    image = layers.Input((8,), name="image")
    shared = layers.Dense(8, activation="relu", name="block")
    path = shared(shared(image))
    path = layers.Dense(8, activation="relu", name="block/dense")(path)
    path = layers.Dense(8, activation="relu", name="twin")(path)
    path = layers.Dense(8, activation="relu", name="twin_1")(path)
    inner = keras.Sequential([layers.Dense(9), layers.ReLU(), layers.Dense(8)], name="inner")
    path = layers.Dense(8, use_bias=False, name="dense")(inner(path))
    return keras.Model(image, path, name="dense")


@pytest.mark.parametrize("target", [Target.H5, Target.TFLITE_FLOAT32, Target.TFLITE_FLOAT32_SPARSE])
def test_names_are_not_mixed_up(tmp_path: Path, target: Target) -> None:
    model = _fill(_awkward())
    model.get_layer("twin_1").set_weights(model.get_layer("twin").get_weights())
    (path,) = _exported(model, tmp_path, target).values()
    named = ("block", "block/dense", "twin", "twin_1", "dense")
    kernels = {name: model.get_layer(name).get_weights()[0] for name in named}
    sizes = _sparse_bytes if target is Target.TFLITE_FLOAT32_SPARSE else np.size
    of_one = 1 if target is Target.TFLITE_FLOAT32_SPARSE else 4
    expected = {(name, "kernel"): of_one * int(sizes(kernel)) for name, kernel in kernels.items()}
    expected |= {(name, "bias"): 32 for name in named[:-1]}
    assert weight_bytes(path, model) == expected


def _converted(model: keras.Model, folder: Path, *optimizations: str, **spec: object) -> Path:
    """Convert as no target does."""
    saved = Exportable(model, folder / "saved_model").saved_model
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
    converter.optimizations = [getattr(tf.lite.Optimize, name) for name in optimizations]
    converter.target_spec = tf.lite.TargetSpec(**spec)
    path = folder / "converted.tflite"
    path.write_bytes(converter.convert())
    return path


def test_a_quantization_aware_file_is_told_by_the_names_of_the_model_before(
    tmp_path: Path,
) -> None:
    model = _fill(_plain())
    path = _converted(tfmot.quantization.keras.quantize_model(model), tmp_path, "DEFAULT")
    expected = {
        key: values.size * (1 if key[1] == "kernel" else 4)
        for key, values in _weights_of(model, folded=True).items()
    }
    assert weight_bytes(path, model) == expected


def _small(*shape: int, **settings: object) -> keras.Model:
    parts = [layers.Input(shape, name="image"), layers.Dense(name="dense", **settings)]
    return keras.Sequential([*parts, layers.ReLU(name="relu")], name="small")


def test_a_sparse_weight_may_be_stored_in_halves(tmp_path: Path) -> None:
    model = _fill(_small(32, units=16))
    path = _converted(
        model, tmp_path, "EXPERIMENTAL_SPARSITY", "DEFAULT", supported_types=[tf.float16]
    )
    kernel, _ = model.get_weights()
    bytes_saved = 2 * int(np.count_nonzero(kernel))
    assert weight_bytes(path, model) == {
        ("dense", "kernel"): _sparse_bytes(kernel) - bytes_saved,
        ("dense", "bias"): 32,
    }
    np.testing.assert_array_equal(weights(path)[0].values, kernel.T.astype(np.float16))


def test_a_shape_is_not_taken_for_a_bias_of_zeros_that_is_not_there(tmp_path: Path) -> None:
    model = _small(4, 8, units=2)
    (path,) = _exported(model, tmp_path, Target.TFLITE_FLOAT32).values()
    assert weight_bytes(path, model) == {("dense", "kernel"): 64}


def _kernels(model: keras.Model, found: list[Tensor]) -> list[tuple[NDArray[np.float32], Tensor]]:
    """Pair the model's kernels with the weights in the file, by the name of the layer."""
    return [
        (_as_stored(values), tensor)
        for (layer, name), values in _weights_of(model, folded=True).items()
        for tensor in found
        if name == "kernel" and f"/{layer}/" in tensor.name
    ]


@pytest.mark.parametrize(
    ("target", "dtype"),
    [
        (Target.TFLITE_FLOAT32, np.float32),
        (Target.TFLITE_FLOAT16, np.float16),
        (Target.TFLITE_FLOAT32_SPARSE, np.float32),
    ],
)
def test_floats_are_read_as_they_are_in_the_model(
    plain: Exports, target: Target, dtype: type
) -> None:
    model, files = plain
    pairs = _kernels(model, weights(files[target]))
    assert len(pairs) == 4
    for kernel, tensor in pairs:
        assert tensor.dtype == dtype
        assert not tensor.quantized
        assert tensor.sparse == (target is Target.TFLITE_FLOAT32_SPARSE)
        np.testing.assert_array_equal(tensor.values, kernel.reshape(tensor.shape).astype(dtype))


@pytest.mark.parametrize("target", list(DENSE)[3:])
def test_integers_are_read_as_they_are_in_the_model_but_for_a_scale(
    plain: Exports, target: Target
) -> None:
    model, files = plain
    pairs = _kernels(model, weights(files[target]))
    assert len(pairs) == 4
    for kernel, tensor in pairs:
        assert tensor.dtype == np.int8
        assert tensor.quantized
        assert tensor.values is not None
        for row, stored in zip(kernel, tensor.values.astype(np.float32), strict=True):
            np.testing.assert_allclose(
                stored / np.abs(stored).max(),
                row.reshape(stored.shape) / np.abs(row).max(),
                atol=0.02,
            )


def test_weights_are_neither_shapes_nor_biases(plain: Exports) -> None:
    _, files = plain
    for target in list(DENSE)[1:]:
        path = files[target]
        assert len(weights(path)) == 4
        assert len(constants(path)) >= 8


def test_sparse_blocks_are_read_in_full(tmp_path: Path) -> None:
    model = _small(32, units=16)
    draw = np.random.default_rng(0)
    blocks = np.repeat(draw.random((16, 8)) < 0.2, 4, axis=1).T
    model.get_layer("dense").set_weights([draw.random((32, 16)) * blocks, draw.random(16)])
    (path,) = _exported(model, tmp_path, Target.TFLITE_FLOAT32_SPARSE).values()
    (tensor,) = weights(path)
    np.testing.assert_array_equal(tensor.values, model.get_weights()[0].T)
    # A column for each block only: that is how one knows that there are blocks.
    values, rows = int(np.count_nonzero(blocks)), 17
    assert weight_bytes(path, model)["dense", "kernel"] == 4 * values + values // 4 + rows


def test_four_bits_are_read_one_after_the_other(plain: Exports, tmp_path: Path) -> None:
    from tensorflow.lite.tools import flatbuffer_utils

    _, files = plain
    file = flatbuffer_utils.read_model(str(files[Target.TFLITE_INT8]))
    tensor = next(each for each in file.subgraphs[0].tensors if b"dense/MatMul" in each.name)
    tensor.type, tensor.shape = 17, [1, 9]
    file.buffers[tensor.buffer].data = np.array([0x21, 0x43, 0x87, 0x0F, 0x05], np.uint8)
    flatbuffer_utils.write_model(file, str(tmp_path / "four.tflite"))
    (read,) = (each for each in weights(tmp_path / "four.tflite") if each.shape == (1, 9))
    assert read.values is not None
    assert read.values.astype(int).tolist() == [[1, 2, 3, 4, 7, -8, -1, 0, 5]]
