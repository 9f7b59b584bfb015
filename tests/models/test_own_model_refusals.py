"""Models of the user's own that cannot be pruned: each is refused in one plain line."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import pytest

from runner.backend import keras, make_repeatable, tf, tfmot
from runner.data.classes import Classes
from runner.errors import ImpossiblePoint, Refused
from runner.models import build, file_check, file_metadata
from runner.models.errors import Unfit
from runner.models.saved_model import objects_in_metadata
from runner.planning.checks import examine
from runner.planning.inspection import inspect
from runner.planning.request import content
from runner.settings import ArchitectureSettings
from tests.helpers.hostile import saved_models
from tests.helpers.own_models import (
    CLASSES,
    NAMES,
    SHAPE,
    asked,
    classifier,
    from_file,
    from_function,
    functions,
    residual,
    save,
)
from tests.helpers.project import Configure

layers = keras.layers


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


def refusal(settings: ArchitectureSettings, kind: type[Refused] = Refused) -> str:
    """The line that refuses a model, without the setting that it begins with."""
    with pytest.raises(Refused) as raised:
        build.build(settings, SHAPE, Classes.numbered(CLASSES))
    line, setting = str(raised.value), settings.path or settings.target
    assert type(raised.value) is kind
    assert "\n" not in line
    begin = f"architecture.{'path' if settings.path else 'target'}={setting}: "
    assert line.startswith(begin)
    return line.removeprefix(begin)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda _: None, "no such file or folder"),
        (lambda path: path.write_text("pixels"), "is no model: must be a .h5 or .keras file of"),
        (lambda path: path.mkdir(), "is a folder without a SavedModel (saved_model.pb)"),
        (lambda path: classifier().export(path), "is a SavedModel without Keras' part"),
        (lambda path: classifier().save_weights(path, save_format="h5"), "holds no model, at most"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "is a zip file: Keras reads such"),
        (lambda path: (path.mkdir(), (path / "saved_model.pb").mkdir()), "is a folder without"),
    ],
)
def test_a_file_without_a_whole_model(
    tmp_path: Path, make: Callable[[Path], Any], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "mine")
    capsys.readouterr()
    assert refusal(from_file(tmp_path / "mine")).startswith(line)


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_damaged_file(tmp_path: Path, name: str) -> None:
    path = save(classifier(), tmp_path / name)
    path.write_bytes(path.read_bytes()[:1500])
    assert refusal(from_file(path)).startswith(("cannot be read (", "is no model"))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_lacks_weights(tmp_path: Path, name: str) -> None:
    path = save(classifier(), tmp_path / name)
    if path.is_dir():
        (path / "variables" / "variables.index").unlink()
    elif name == "model.keras":
        with zipfile.ZipFile(path) as full, zipfile.ZipFile(tmp_path / "other.keras", "w") as other:
            for each in ("metadata.json", "config.json"):
                other.writestr(each, full.read(each))
        path = tmp_path / "other.keras"
    else:
        with h5py.File(path, "a") as opened:
            del opened["model_weights"]["out"]
    assert refusal(from_file(path)).startswith("cannot be loaded (")


def test_metadata_of_a_saved_model_that_is_no_protobuf() -> None:
    for content_ in (b"\x0a\xff", b"\x0b", b"\xff" * 20, b"\x0a\x05\x2a\x03{a}"):
        with pytest.raises(ValueError, match=r"damaged|Expecting"):
            objects_in_metadata(content_)


def test_a_saved_model_is_a_program_that_only_its_user_can_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(classifier(), tmp_path / "model")
    monkeypatch.setattr(keras.models, "load_model", None)
    monkeypatch.setattr(file_metadata, "objects_in_metadata", None)
    assert refusal(from_file(path, trust=False)) == (
        "is a SavedModel, a program that runs when it is loaded: save the model as a .keras file; "
        "or, if you trust whoever made it, set architecture.trust=true"
    )


@pytest.mark.parametrize("write", [saved_models.with_a_twin, saved_models.with_a_resource])
def test_a_saved_model_that_runs_a_program_is_not_loaded(
    tmp_path: Path, write: Callable[[Path, Path], Path]
) -> None:
    marker = tmp_path / "marker"
    path = write(tmp_path / "model", marker)
    assert refusal(from_file(path, trust=False)).startswith("is a SavedModel, a program")
    assert not marker.exists()
    build.build(from_file(path, trust=True), SHAPE, Classes.numbered(CLASSES))
    assert marker.exists()


@pytest.mark.parametrize("name", NAMES[:2])
def test_code_in_a_file_is_refused_before_it_is_loaded(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = keras.Sequential([layers.Input(SHAPE), layers.Lambda(lambda each: each, name="code")])
    path = save(classifier(layers.Conv2D(1, 1), inside), tmp_path / name)
    monkeypatch.setattr(keras.models, "load_model", None)
    assert refusal(from_file(path)) == (
        "layer code is a Lambda: loading it runs code from the file; if you trust the file, set "
        "architecture.trust=true"
    )


def test_code_in_a_wrapper_and_in_an_operation(tmp_path: Path) -> None:
    each = layers.TimeDistributed(layers.Lambda(lambda row: row, name="code"))
    path = save(classifier(each), tmp_path / "model.h5")
    assert refusal(from_file(path)).startswith("layer code is a Lambda: loading it runs code")
    path = save(residual(), tmp_path / "model.keras")
    replaced = tmp_path / "replaced.keras"
    with zipfile.ZipFile(path) as full, zipfile.ZipFile(replaced, "w") as other:
        for name in full.namelist():
            other.writestr(name, full.read(name).replace(b'"nn.relu"', b'"io.write_file"'))
    line = refusal(from_file(replaced))
    assert line.startswith(
        "layer tf.nn.relu calls io.write_file, which is not known to be harmless; if"
    )


def test_a_file_that_names_other_modules(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path / "model.keras")
    for module, kind in (("os", "Popen"), ("keras.src.utils.data_utils", "get_file"), (None, "My")):
        replaced = tmp_path / f"{kind}.keras"
        with zipfile.ZipFile(path) as full, zipfile.ZipFile(replaced, "w") as other:
            config = json.loads(full.read("config.json"))
            config["config"]["layers"][1] |= {"module": module, "class_name": kind}
            other.writestr("config.json", json.dumps(config))
            other.writestr("metadata.json", full.read("metadata.json"))
        assert refusal(from_file(replaced, trust=True)).startswith(f"{kind} is no part of Keras")


@pytest.mark.parametrize("name", NAMES)
def test_objects_that_are_not_keras_own(tmp_path: Path, name: str) -> None:
    class Mine(layers.Layer):  # type: ignore[name-defined, unused-ignore]
        def call(self, image: Any) -> Any:
            return image * 2

    path = save(classifier(Mine()), tmp_path / name)
    assert refusal(from_file(path)) == (
        "Mine is no part of Keras, and its code is not in the file: take architecture=callable, "
        "with a function that builds the model"
    )


def test_a_function_that_is_not_keras_own(tmp_path: Path) -> None:
    def bent(value: Any) -> Any:
        return tf.nn.relu(value)

    for name in NAMES[:2]:
        path = save(classifier(layers.Dense(2, activation=bent)), tmp_path / name)
        assert refusal(from_file(path)).startswith("bent is no part of Keras")


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_wrappers_of_tfmot(tmp_path: Path, name: str) -> None:
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(classifier())
    line = refusal(from_file(save(wrapped, tmp_path / name)))
    assert "is still wrapped by TFMOT (PruneLowMagnitude): save what strip_pruning" in line


def test_a_subclassed_model(tmp_path: Path) -> None:
    class Mine(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.flat, self.last = layers.Flatten(), layers.Dense(CLASSES)

        def call(self, images: Any) -> Any:
            return self.last(self.flat(images))

    model = Mine()
    model(tf.zeros((1, *SHAPE)))
    line = refusal(from_file(save(model, tmp_path / "model")))
    assert (
        line == "mine (Mine) is a subclassed model, or has no input shape: must be a "
        "Sequential or functional model"
    )
    assert refusal(from_file(save(model, tmp_path / "model.keras"))).startswith("Mine is no part")


@pytest.mark.parametrize(
    ("last", "kind", "line"),
    [
        (lambda: layers.Dense(1), ImpossiblePoint, "tells 2 classes apart; the labels have 3"),
        (
            lambda: layers.Dense(1, activation="sigmoid"),
            ImpossiblePoint,
            "tells 2 classes apart; the labels have 3",
        ),
        (
            lambda: layers.Dense(3, activation="sigmoid"),
            Refused,
            "its output is multi-label, 3 numbers",
        ),
        (
            lambda: layers.Dense(3, activation="tanh"),
            Refused,
            "its output goes through tanh: must be so",
        ),
        (
            layers.ReLU,
            Refused,
            "its output goes through ReLU: must be softmax, or linear",
        ),
        (
            lambda: layers.Reshape((3, 1)),
            Refused,
            "its output has the shape (3, 1): must be a classifier",
        ),
        (lambda: layers.Dense(2), ImpossiblePoint, "tells 2 classes apart; the labels have 3"),
    ],
)
def test_another_task_than_the_labels(
    tmp_path: Path, last: Callable[[], Any], kind: type[Refused], line: str
) -> None:
    model = keras.Sequential([layers.Input(SHAPE), layers.Flatten(), layers.Dense(3), last()])
    assert refusal(from_file(save(model, tmp_path / "model.h5")), kind).startswith(line)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("loss", "line"),
    [
        ("mse", "was compiled with mse, for regression: must be a"),
        (keras.losses.MeanAbsoluteError(), "was compiled with MeanAbsoluteError, for regression"),
        (["binary_crossentropy"], "was compiled with binary_crossentropy, for multi-label answers"),
    ],
)
def test_another_task_by_its_loss(tmp_path: Path, name: str, loss: Any, line: str) -> None:
    model = classifier()
    model.compile("sgd", loss)
    # A SavedModel knows its loss only once it was compiled on something.
    assert refusal(from_file(save(model, tmp_path / name))).startswith(line)


def test_the_loss_of_a_classifier_is_fine(tmp_path: Path) -> None:
    for loss in ("sparse_categorical_crossentropy", keras.losses.CategoricalCrossentropy()):
        model = classifier()
        model.compile("sgd", loss)
        file_check.check(save(model, tmp_path / "model.keras"), trust=False)


@pytest.mark.parametrize(
    "shape", [(7, 7, 1), (8, 8, 3), (None, None, 3), (None, 8), (32, 2), (4, 16, 1)]
)
def test_other_images(tmp_path: Path, shape: Any) -> None:
    last = [layers.Dense(2), layers.GlobalAveragePooling2D(), layers.Dense(CLASSES)]
    if len(shape) == 2:
        last[1] = layers.GlobalAveragePooling1D()
    path = save(keras.Sequential([layers.Input(shape), *last]), tmp_path / "model.h5")
    line = refusal(from_file(path), ImpossiblePoint)
    assert line == f"takes inputs of the shape {shape}; the images have {SHAPE}"


def test_channels_in_front(tmp_path: Path) -> None:
    path = save(classifier(shape=(3, 8, 8)), tmp_path / "model.h5")
    with pytest.raises(ImpossiblePoint, match=r"of the shape \(3, 8, 8\); the images have \(8, 8,"):
        build.build(from_file(path), (8, 8, 3), Classes.numbered(CLASSES))


def test_several_inputs_or_outputs(tmp_path: Path) -> None:
    left, right = layers.Input((64,)), layers.Input((64,))
    model = keras.Model([left, right], layers.Dense(CLASSES)(layers.Add()([left, right])))
    path = save(model, tmp_path / "model.h5")
    assert refusal(from_file(path)) == "has 2 inputs: must have one"
    model = keras.Model(left, [layers.Dense(CLASSES)(left), layers.Dense(CLASSES)(left)])
    path = save(model, tmp_path / "model.h5")
    assert refusal(from_file(path)) == "has 2 outputs: must have one"


def test_other_numbers_than_float32(tmp_path: Path) -> None:
    half = classifier(layers.Dense(2, dtype="mixed_float16", name="half"))
    line = refusal(from_file(save(half, tmp_path / "half.h5")))
    assert line.startswith("layer half computes in float16: must be float32 throughout")
    image = layers.Input(SHAPE, dtype="uint8")
    whole = keras.Model(image, classifier()(layers.Rescaling(1 / 255)(image)))
    line = refusal(from_file(save(whole, tmp_path / "whole.h5")))
    assert line.startswith("takes uint8: must take float32")


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (
            lambda: layers.PReLU(name="bent"),
            "TFMOT cannot prune layer bent (PReLU); to leave it as it is",
        ),
        (
            lambda: layers.TimeDistributed(layers.LSTM(2), name="rows"),
            "layer rows (TimeDistributed) is recurrent: such layers cannot be converted",
        ),
    ],
)
def test_layers_that_cannot_be_pruned(
    tmp_path: Path, settings: Configure, layer: Callable[[], Any], line: str
) -> None:
    own = from_file(save(classifier(layer()), tmp_path / "model.h5"))
    with pytest.raises(ImpossiblePoint) as raised:
        examine(asked(settings, own))
    assert str(raised.value).startswith(f"architecture.path={own.path}: {line}")
    if "dense_layers" in str(raised.value):
        examine(asked(settings, own, "schedule.dense_layers=[ben*]"))


def test_nothing_to_prune(tmp_path: Path, settings: Configure) -> None:
    image = layers.Input(SHAPE)
    each = layers.DepthwiseConv2D(3, depth_multiplier=CLASSES)(image)
    model = keras.Model(image, layers.GlobalAveragePooling2D()(each))
    own = from_file(save(model, tmp_path / "model.h5"))
    with pytest.raises(ImpossiblePoint, match="has no layer that TFMOT prunes"):
        examine(asked(settings, own))


def test_a_layer_that_cannot_be_read_again(tmp_path: Path, settings: Configure) -> None:
    (tmp_path / "unreadable.py").write_text(
        "import tensorflow as tf\n"
        "class MadeTwice(tf.keras.layers.Layer):\n"
        "    made = 0\n"
        "    def __init__(self, **config):\n"
        "        super().__init__(**config)\n"
        "        MadeTwice.made += 1\n"
        "        if MadeTwice.made > 2:\n"
        "            raise TypeError('only twice')\n"
        "def network(shape, classes):\n"
        "    layers = tf.keras.layers\n"
        "    each = [layers.Input(shape), MadeTwice(), layers.Flatten(), layers.Dense(classes)]\n"
        "    return tf.keras.Sequential(each)\n"
    )
    with pytest.raises(ImpossiblePoint, match="cannot be written to an h5 file and read again"):
        examine(asked(settings, from_function("unreadable:network")))


_BAD_FUNCTIONS = """
import tensorflow as tf
NUMBER = 3
def text(shape, classes):
    return "a model"
def fails(shape, classes):
    raise ValueError("no\\nway")
def quits(shape, classes):
    raise SystemExit(3)
def bent(value):
    return value
def unregistered(shape, classes):
    layers = tf.keras.layers
    each = [layers.Flatten(), layers.Dense(4, activation=bent), layers.Dense(classes)]
    return tf.keras.Sequential([layers.Input(shape), *each])
def too_small(shape, classes):
    return tf.keras.Sequential([tf.keras.layers.Conv2D(4, 50)])
"""


@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("absent", "bad_functions has no absent; it has text, fails, quits, bent, unreg"),
        ("NUMBER", "NUMBER is a int: must be a function"),
        ("text", "returned a str: must be a model of Keras"),
        ("fails", "fails((8, 8, 1), 3) raised ValueError: no way"),
        ("quits", "quits((8, 8, 1), 3) raised SystemExit: 3"),
        ("unregistered", "bent is no part of Keras, and h5 files keep no functions: make it a la"),
        ("too_small", "does not take images of the shape (8, 8, 1) (ValueError: "),
    ],
)
def test_functions_without_a_model(tmp_path: Path, function: str, line: str) -> None:
    (tmp_path / "bad_functions.py").write_text(_BAD_FUNCTIONS)
    assert refusal(from_function(f"bad_functions:{function}")).startswith(line)


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("network", "must be the name of a function, as in package.module:function"),
        ("a/b.py:network", "must be the name of a function, as in package.module:function"),
        ("absent:network", "no module absent in the working folder or among Python's packages"),
        ("math:sin", "no module math in the working folder or among Python's packages"),
        ("pack.absent:network", "no module pack.absent: pack is "),
        ("wrong:network", "wrong.py line 1: "),
    ],
)
def test_targets_that_are_refused_without_importing_them(
    tmp_path: Path, target: str, line: str
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "wrong.py").write_text("def network(:\n")
    with pytest.raises(Refused) as raised:
        content(from_function(target))
    assert str(raised.value).startswith(f"architecture.target={target}: ")
    assert line in str(raised.value)
    assert not {"pack", "wrong"} & set(sys.modules)


def test_a_module_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "unimportable.py").write_text("import no_such_package\n")
    line = refusal(from_function("unimportable:network"))
    assert line == (
        "importing unimportable raised ModuleNotFoundError: No module named 'no_such_package'"
    )


@pytest.mark.long
def test_a_process_that_dies_and_a_refusal_from_it(tmp_path: Path, settings: Configure) -> None:
    name = functions(tmp_path, "deadly")
    with pytest.raises(
        Refused, match=r"deadly:dies: cannot be built \(its process ended with code"
    ):
        inspect(asked(settings, from_function(f"{name}:dies")))
    with pytest.raises(ImpossiblePoint, match="TFMOT cannot prune layer scale"):
        inspect(asked(settings, from_function(f"{name}:network")))


def test_an_inspection_looks_at_the_file_first(
    tmp_path: Path, settings: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(Refused, match=r"absent.h5: no such file or folder"):
        inspect(asked(settings, from_file(tmp_path / "absent.h5")))


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = from_file(save(classifier(), tmp_path / "model.h5"))
    monkeypatch.setattr(Path, "stat", _denied)
    with pytest.raises(Refused, match="cannot be read"):
        content(own)


def _denied(path: Path, **_: Any) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_an_unfit_model_needs_no_type_before_its_reason() -> None:
    assert str(Unfit("why")) == "why"


def test_what_the_toolkit_cannot_do_is_said_before_any_training(
    tmp_path: Path, settings: Configure
) -> None:
    own = from_file(save(classifier(layers.Conv2D(4, 3, name="conv")), tmp_path / "model.h5"))
    with pytest.raises(ImpossiblePoint, match=r"schedule.m_by_n=\[2,4\]: takes .*, not conv \(3x3"):
        examine(asked(settings, own, "schedule=two_of_four"))
    with pytest.raises(ImpossiblePoint, match=r"schedule.policy=xnnpack: a sparse model starts"):
        examine(asked(settings, own, "schedule.policy=xnnpack"))
    scaled = from_file(save(classifier(layers.Rescaling(2.0, name="scale")), tmp_path / "other.h5"))
    with pytest.raises(ImpossiblePoint, match=r"cannot be quantized by TFMOT: scale \(Rescaling\)"):
        examine(asked(settings, scaled, "compress=qat"))
    examine(asked(settings, scaled, "compress=cluster"))
