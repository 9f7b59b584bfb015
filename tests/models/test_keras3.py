"""Models of the current Keras, read from its files and given by functions, and their copies."""

import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest

from runner.backend import keras, keras_3, make_repeatable, tf
from runner.data.classes import Classes
from runner.errors import Refused
from runner.models import build, file_check
from runner.models.errors import Unfit
from runner.models.keras3 import layer, twins
from runner.planning.checks import examine
from runner.settings import ArchitectureSettings
from tests.helpers.keras_3 import run_keras_3
from tests.helpers.own_models import CLASSES, SHAPE, asked, from_file, from_function
from tests.helpers.project import Configure

# Keras 3 makes the models in a process of its own, and each is rebuilt and compared.
pytestmark = pytest.mark.long

_CLASSES = Classes.numbered(CLASSES)
# Each makes a model of its own; what the names say is in it.
_SCRIPT = """
SHAPE = (8, 8, 1)
def classifier(*before, last="softmax"):
    end = [layers.Flatten(), layers.Dense(3, activation=last, name="out")]
    return keras.Sequential([keras.Input(SHAPE), *before, *end])
def conv(filters=4, **more):
    return layers.Conv2D(filters, 3, padding="same", **more)

sequential = classifier(
    conv(name="conv", kernel_regularizer="l2", kernel_constraint="non_neg"),
    layers.BatchNormalization(momentum=0.9, name="norm"), layers.LeakyReLU(negative_slope=0.1),
    layers.DepthwiseConv2D(3, name="each"), layers.SeparableConv2D(4, 3, name="separable"),
    layers.Conv2DTranspose(4, 3, strides=2, padding="same"), layers.PReLU(shared_axes=[1, 2]),
    layers.GroupNormalization(2), layers.LayerNormalization(), layers.Dropout(0.2, seed=1),
    layers.MaxPooling2D(2), layers.RandomFlip(), layers.Activation("hard_silu"),
)
save(unlike(sequential), "sequential.keras")

learnt = layers.Normalization()
learnt.adapt(np.random.default_rng(0).random((9, *SHAPE), np.float32) * 7)
fixed = layers.Normalization(mean=[0.3], variance=[2.0])
prepared = classifier(layers.Rescaling(2.0, -1.0), learnt, fixed, conv(activation="hard_sigmoid"))
save(prepared, "prepared.keras", "prepared.h5")

image = keras.Input(SHAPE, name="image")
inner = keras.Sequential(
    [keras.Input((8, 8, 4)), conv(name="conv"), layers.BatchNormalization()], name="inner"
)
inner.compile("adam", keras.losses.sparse_categorical_crossentropy)
shared = layers.Dense(4, name="shared")
value = inner(inner(conv(name="conv")(image)), training=False)
value = shared(shared(value))
value = layers.Concatenate()([value, layers.Add()([value, value])])
scores = layers.Dense(3)(layers.GlobalAveragePooling2D()(value))
functional = keras.Model(image, layers.Softmax()(scores), name="functional")
functional.compile("adam", keras.losses.CategoricalCrossentropy())
save(unlike(functional), "functional.keras", "functional.h5")

image = keras.Input((None, None, 1))
value = conv()(image)
value = ops.relu6(value + 3.0) * (1 / 6) - 1.0 / (2.0 + ops.relu(value)) + ops.gelu(value)
value = ops.mean(ops.concatenate([value, -value, value / value, 1.0 - value], -1), (1, 2))
value = ops.expand_dims(ops.squeeze(ops.reshape(value, (-1, 16, 1, 1)), -1), 1)[:, 0]
value = ops.max(ops.transpose(value, (0, 2, 1)), 1) + ops.clip(ops.tanh(value[:, :, 0]), 0.0, 0.5)
value = layers.Dense(3)(ops.leaky_relu(value) * np.arange(16, dtype="float32"))
save(keras.Model(image, value), "operations.keras")
"""
_REFUSED = """
for name, layer in {
    "missing": layers.RMSNormalization(name="rms"),
    "argument": layers.Resizing(4, 4, antialias=True, name="resize"),
    "activation": layers.Dense(4, activation="celu", name="bent"),
    "lambda": layers.Lambda(lambda image: image * 2, name="code"),
}.items():
    classifier(layer).save(name + ".keras")
    classifier(layer).save(name + ".h5")
image = keras.Input(SHAPE)
sorted_ = layers.Flatten()(ops.sort(layers.ReLU()(ops.relu(image))))
keras.Model(image, layers.Dense(3)(sorted_)).save("operation.keras")
relu = keras.Model(image, layers.Dense(3)(layers.Flatten()(ops.relu(image))))
relu.save("operation.h5")

@keras.saving.register_keras_serializable("mine")
class Mine(layers.Layer):
    def call(self, image):
        return image
def bent(value):
    return value
foreign = {"class": Mine(name="own"), "function": layers.Dense(3, activation=bent)}
for name, layer in foreign.items():
    classifier(layer).save(name + ".keras")
    classifier(layer).save(name + ".h5")
half = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(3, dtype="float16")])
half.save("half.keras")
regression = classifier()
regression.compile("adam", "mse")
regression.save("regression.keras")
classifier().export("exported", verbose=False)
"""
_MODULE = """
def network(shape, classes):
    import keras
    last = [keras.layers.Flatten(), keras.layers.Dense(classes)]
    return keras.Sequential([*first(keras), *last])

def first(keras):
    return [keras.layers.Conv2D(4, 3, name="conv")]

def subclassed(shape, classes):
    import keras
    class Mine(keras.Model):
        pass
    image = keras.Input(shape)
    return Mine(image, keras.layers.Dense(classes)(keras.layers.Flatten()(image)))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of Keras 3, and beside each what its model answers there."""
    folder = tmp_path_factory.mktemp("keras_3")
    run_keras_3(_SCRIPT + _REFUSED, folder)
    (folder / "modern.py").write_text(_MODULE)
    return folder


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


def built(settings: ArchitectureSettings) -> keras.Model:
    return build.build(settings, SHAPE, _CLASSES)


def refusal(settings: ArchitectureSettings) -> str:
    """The line that refuses a model, without the setting that it begins with."""
    with pytest.raises(Refused) as raised:
        built(settings)
    subject, line = str(raised.value).split(": ", 1)
    assert subject.split("=")[1] == str(settings.path or settings.target)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    "name",
    [
        *("sequential.keras", "prepared.h5"),
        *("functional.keras", "functional.h5", "operations.keras"),
    ],
)
def test_a_copy_computes_what_the_file_does(
    made: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    model = built(from_file(made / name))
    told = np.load(made / f"{name}.npz")
    assert np.ptp(told["answers"], axis=0).max() > 0.001
    np.testing.assert_allclose(
        model(told["images"], training=False), told["answers"], rtol=1e-5, atol=1e-6
    )
    (line,) = (each.getMessage() for each in caplog.records if "converted" in each.getMessage())
    begin, _, end = line.partition(" to Keras 2.")
    assert begin == f"{name}: converted from Keras {keras_3().__version__}"
    assert float(end.split("at most ")[1].split()[0]) <= 1e-5
    assert type(model).__module__.startswith("tf_keras.")


def test_what_a_layer_was_made_with_stays(made: Path) -> None:
    model = built(from_file(made / "sequential.keras"))
    conv = model.get_layer("conv")
    assert type(conv.kernel_regularizer) is keras.regularizers.L2
    assert type(conv.kernel_constraint) is keras.constraints.NonNeg
    assert model.get_layer("norm").momentum == pytest.approx(0.9)


def test_nested_and_shared_layers_are_one_layer_each(made: Path) -> None:
    model = built(from_file(made / "functional.keras"))
    names = [layer.name for layer in model.layers]
    assert names.count("shared") == 1
    assert [name for name in names if "conv" in name] == ["conv", "inner_conv"]
    assert len(model.get_layer("shared")._inbound_nodes) == 2


def test_a_copy_can_be_pruned(made: Path, settings: Configure) -> None:
    own = from_file(made / "prepared.keras")
    assert [layer.rank for layer in examine(asked(settings, own)).layers if layer.rank] == [4, 2]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("missing", "layer rms (RMSNormalization) of Keras 3 has no twin in Keras 2"),
        ("argument", "layer resize (Resizing, antialias=True) of Keras 3 has no twin"),
        ("activation", "layer bent (Dense, activation=celu) of Keras 3 has no twin"),
        ("lambda", "layer code is a Lambda: loading it runs code from the file"),
    ],
)
def test_a_layer_without_a_twin_is_refused_by_name(made: Path, name: str, line: str) -> None:
    for ending in ("keras", "h5"):
        assert refusal(from_file(made / f"{name}.{ending}")).startswith(line)


def test_an_operation_without_a_twin(made: Path) -> None:
    line = "layer sort (Sort) of Keras 3 has no twin in Keras 2"
    assert refusal(from_file(made / "operation.keras")).startswith(line)
    line = " (Relu) is a function of keras.ops, which Keras cannot read from an h5 file: save the"
    assert line in refusal(from_file(made / "operation.h5"))


def test_what_is_not_keras_own(made: Path) -> None:
    assert refusal(from_file(made / "class.keras")).startswith("Mine is no part of Keras")
    assert refusal(from_file(made / "class.h5")).startswith("Mine is no part of Keras")
    for name in ("function.keras", "function.h5"):
        assert "bent" in refusal(from_file(made / name))


def test_other_numbers_and_tasks(made: Path) -> None:
    assert "computes in float16" in refusal(from_file(made / "half.keras"))
    assert refusal(from_file(made / "regression.keras")).startswith("was compiled with mse")
    line = "is a SavedModel without Keras' part (keras_metadata.pb), as model.export(...)"
    assert refusal(from_file(made / "exported")).startswith(line)


def test_a_trusted_file_may_hold_code(made: Path) -> None:
    built(from_file(made / "lambda.keras", trust=True))


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        *(("os", "Popen"), ("keras.utils", "get_file"), ("keras.layers", "TFSMLayer")),
        *(("keras", "utils.get_file"), ("keras.src.utils.file_utils", "get_file")),
        *(("keras.layers", "TorchModuleWrapper"), ("keras.layers", "StringLookup")),
        *(("keras.src.ops.core", "Map"), ("keras.saving", "load_model"), (None, "Mine")),
        *(("keras.src.models.functional", "sys"), ("kerasy.layers", "Dense")),
    ],
)
def test_only_known_names_are_loaded(made: Path, tmp_path: Path, module: str, kind: str) -> None:
    path = tmp_path / "edited.keras"

    def edit(config: dict[str, Any]) -> None:
        config["config"]["layers"][1] |= {"module": module, "class_name": kind}

    _rewrite(made / "sequential.keras", path, edit)
    with pytest.raises(Unfit):
        file_check.check(path, trust=True)


def test_a_function_of_another_module_is_not_loaded(made: Path, tmp_path: Path) -> None:
    for module in ("os", "keras.utils", "keras"):
        described = {"module": module, "class_name": "function", "config": "system"}

        def edit(config: dict[str, Any], described: dict[str, str] = described) -> None:
            config["config"]["layers"][1]["config"]["activation"] = described

        _rewrite(made / "sequential.keras", tmp_path / "edited.keras", edit)
        assert refusal(from_file(tmp_path / "edited.keras")).startswith("system is no part")


def _rewrite(source: Path, path: Path, edit: Any) -> None:
    with zipfile.ZipFile(source) as full, zipfile.ZipFile(path, "w") as other:
        for name in full.namelist():
            content = full.read(name)
            if name == "config.json":
                config = json.loads(content)
                edit(config)
                content = json.dumps(config).encode()
            other.writestr(name, content)


def test_an_h5_file_names_known_layers_only(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "edited.h5"
    path.write_bytes((made / "prepared.h5").read_bytes())
    with h5py.File(path, "a") as file:
        config = file.attrs["model_config"]
        file.attrs["model_config"] = config.replace('"Conv2D"', '"TFSMLayer"', 1)
    assert refusal(from_file(path)).endswith(
        " (TFSMLayer) of Keras 3 has no twin in Keras 2, the only one that TFMOT takes"
    )


def test_outputs_that_differ_are_refused(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "copy_weights", lambda *_: None)
    line = refusal(from_file(made / "prepared.keras"))
    assert line.startswith(f"converted from Keras {keras_3().__version__} to Keras 2.")
    assert line.endswith(" of the largest output: must be at most 1e-05")


def test_a_function_may_return_a_model_of_keras_3(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    model = built(from_function("modern:network"))
    assert model.output_shape == (None, CLASSES)
    make_repeatable(0, 1)
    again = built(from_function("modern:network"))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert "is a subclassed model" in refusal(from_function("modern:subclassed"))


def test_every_name_in_the_lists_is_one_of_both_keras() -> None:
    modern = keras_3()
    for name in twins.LAYERS - {"LayerScale"}:
        assert issubclass(getattr(modern.layers, name), modern.layers.Layer)
        assert issubclass(getattr(keras.layers, name), keras.layers.Layer)
    sources = (modern.src.ops.numpy, modern.src.ops.nn, modern.src.ops.core)
    for name in twins.OPERATIONS:
        assert any(hasattr(source, name) for source in sources), name
    values = tf.constant(np.linspace(-8, 8, 99, dtype=np.float32)[None])
    for name in twins.ACTIVATIONS:
        np.testing.assert_array_equal(
            modern.activations.get(name)(values), keras.activations.get(name)(values)
        )
