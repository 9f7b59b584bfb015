"""Models of the user's own that can be pruned: read from every kind of file, or built by code."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf
from runner.data.classes import Classes
from runner.models import build, outputs
from runner.models.digest import digest
from runner.models.errors import Unfit
from runner.models.source_files import source_files
from runner.models.user_function import source_digest
from runner.planning.checks import examine
from runner.planning.inspection import inspect, inspected_sizes
from runner.planning.request import content
from runner.settings import ArchitectureSettings
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


def answers(model: keras.Model) -> Any:
    """What a model says to a few images, reshaped to what it takes."""
    taken = [8 if side is None else side for side in model.inputs[0].shape[1:]]
    images = np.random.default_rng(0).random((4, *taken), np.float32)
    return model(images, training=False).numpy()


def rebuilt(model: keras.Model, path: Path) -> keras.Model:
    """Read a model back, and check that it computes the same, and takes what it took."""
    again = build.build(from_file(save(model, path)), SHAPE, Classes.numbered(CLASSES))
    taken = [side or 8 for side in model.inputs[0].shape[1:]]
    assert list(again.inputs[0].shape[1:]) == taken
    assert again.input_names == model.input_names
    np.testing.assert_allclose(answers(again), answers(model), atol=1e-6)
    return again


@pytest.mark.parametrize("name", NAMES)
def test_a_functional_model_is_read_with_its_weights(tmp_path: Path, name: str) -> None:
    model = residual()
    model.compile("adam", "sparse_categorical_crossentropy")
    again = rebuilt(model, tmp_path / name)
    for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert {"mix", "each", "norm", "add", "pool", "out"} <= {each.name for each in again.layers}
    again.save(tmp_path / "once_more.h5")
    once_more = keras.models.load_model(tmp_path / "once_more.h5", compile=False)
    np.testing.assert_array_equal(answers(once_more), answers(again))


@pytest.mark.parametrize("shape", [(8, 8), (64,), (8, 8, 1), (1, 8, 8), (None, None, 1)])
def test_images_are_reshaped_to_what_the_model_takes(tmp_path: Path, shape: Any) -> None:
    rebuilt(residual(None) if None in shape else classifier(shape=shape), tmp_path / "model.h5")


def test_a_fixed_batch_is_no_hindrance(tmp_path: Path) -> None:
    image = layers.Input(SHAPE, batch_size=4)
    model = keras.Model(image, layers.Dense(CLASSES)(layers.Flatten()(image)))
    assert rebuilt(model, tmp_path / "model.h5").inputs[0].shape[0] is None


@pytest.mark.parametrize("name", NAMES)
def test_models_in_the_model_are_taken_apart(tmp_path: Path, name: str) -> None:
    inside = keras.Sequential([layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization()])
    inside.build((None, *SHAPE))
    image = layers.Input(SHAPE)
    # Two layers named alike, and one that is used twice.
    value = inside(layers.Conv2D(1, 1, name="conv")(image), training=False)
    shared = layers.Dense(4, name="shared")
    scores = layers.Dense(CLASSES)(layers.Flatten()(shared(shared(value))))
    again = rebuilt(keras.Model(image, scores), tmp_path / name)
    assert not any(isinstance(each, keras.Model) for each in again.layers)
    names = [each.name for each in again.layers]
    assert len(set(names)) == len(names)
    assert [name for name in names if "conv" in name] == ["conv", f"{inside.name}_conv"]
    before = again(np.ones((2, *SHAPE), np.float32), training=True)
    # Inside, training=False was said when it was called.
    np.testing.assert_allclose(before, again(np.ones((2, *SHAPE), np.float32)), atol=1e-6)


def test_a_frozen_layer_stays_frozen(tmp_path: Path) -> None:
    model = residual()
    model.get_layer("mix").trainable = False
    assert not rebuilt(model, tmp_path / "model.keras").get_layer("mix").trainable


@pytest.mark.parametrize("name", NAMES)
def test_a_trusted_file_may_hold_code(tmp_path: Path, name: str) -> None:
    model = classifier(layers.Lambda(lambda image: image * 2))
    path = save(model, tmp_path / name)
    again = build.build(from_file(path, trust=True), SHAPE, Classes.numbered(CLASSES))
    np.testing.assert_allclose(answers(again), answers(model), atol=1e-6)


@pytest.mark.parametrize(
    ("last", "logits"),
    [
        (lambda: [layers.Dense(CLASSES, activation="softmax")], False),
        (lambda: [layers.Dense(CLASSES)], True),
        (lambda: [layers.Dense(CLASSES), layers.Softmax()], False),
        (lambda: [layers.Dense(CLASSES), layers.Activation("softmax"), layers.Dropout(0.1)], False),
        (
            lambda: [
                layers.Dense(CLASSES),
                layers.Lambda(lambda each: each),
                layers.Dense(CLASSES),
            ],
            True,
        ),
        (lambda: [layers.Dense(CLASSES, activation="log_softmax")], True),
        (lambda: [layers.Reshape((1, 1, 64)), layers.Conv2D(CLASSES, 1), layers.Flatten()], True),
        (lambda: [layers.Dense(CLASSES), layers.BatchNormalization()], True),
    ],
)
def test_logits_are_told_from_probabilities(last: Callable[[], list[Any]], logits: bool) -> None:
    model = keras.Sequential([layers.Input(SHAPE), layers.Flatten(), *last()])
    outputs.check(model, Classes.numbered(CLASSES))
    assert outputs.gives_logits(model) is logits


def test_operations_and_averages_are_seen_through() -> None:
    image = layers.Input((4,))
    scores, raw = layers.Dense(3, activation="softmax")(image), layers.Dense(3)(image)
    rows = layers.Reshape((1, 3))(scores)
    for last in (tf.nn.softmax(raw), tf.squeeze(rows, 1), rows[:, 0], tf.identity(scores)):
        assert not outputs.gives_logits(keras.Model(image, last))
    for last in (raw + 1.0, layers.Add()([raw, layers.Dense(3)(image)]), tf.identity(raw)):
        assert outputs.gives_logits(keras.Model(image, last))
    assert not outputs.gives_logits(keras.Model(image, layers.Average()([scores, scores])))


@pytest.mark.parametrize(
    "last", [tf.square, tf.nn.l2_normalize, tf.sigmoid, lambda x: x * 2.0, layers.Rescaling(2.0)]
)
def test_what_is_not_known_to_be_either_is_refused(last: Callable[[Any], Any]) -> None:
    image = layers.Input((4,))
    scores = layers.Dense(3, activation="softmax")(image)
    with pytest.raises(Unfit, match=r"its output (goes|is multi-label)"):
        outputs.check(keras.Model(image, last(scores)), Classes.numbered(3))


def test_what_else_is_done_with_a_layer_does_not_matter() -> None:
    image = layers.Input((4,))
    dropout = layers.Dropout(0.1)
    model = keras.Model(image, dropout(layers.Dense(3, activation="softmax")(image)))
    dropout(layers.Dense(3)(image))
    assert not outputs.gives_logits(model)


def test_a_function_may_use_layers_of_its_own(tmp_path: Path, settings: Configure) -> None:
    own = from_function(f"{functions(tmp_path, 'own_layers')}:network")
    request = asked(settings, own, "schedule.dense_layers=[scale*]")
    kinds = [layer.kind for layer in examine(request).layers]
    assert kinds == ["Conv2D", "Scale", "Flatten", "Dense"]
    model = build.build(own, SHAPE, Classes.numbered(CLASSES))
    model.save(tmp_path / "model.h5")
    keras.models.load_model(tmp_path / "model.h5", compile=False)
    assert str(tmp_path) not in sys.path


def test_a_model_is_inspected_in_a_process_of_its_own(
    tmp_path: Path, settings: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = from_function(f"{functions(tmp_path, 'inspected')}:network")
    found = inspect(asked(settings, own, "schedule.dense_layers=[scale*]"))
    assert [layer.rank for layer in found.layers] == [4, None, None, 2]
    assert inspected_sizes(own) == found.sizes
    # What does not matter to it is not asked again.
    monkeypatch.setattr(subprocess, "Popen", None)
    more = ["schedule.dense_layers=[scale*]", "schedule.epochs=9", "seed=5", "compress.epochs=3"]
    assert inspect(asked(settings, own, *more)) == found


def test_shipped_architectures_are_examined_too(settings: Configure) -> None:
    found = examine(asked(settings, ArchitectureSettings(name="lenet_300_100")))
    assert [layer.rank for layer in found.layers] == [None, 2, 2, 2]


def test_planning_needs_no_tensorflow(tmp_path: Path) -> None:
    save(residual(), tmp_path / "model.keras")
    functions(tmp_path, "planned")
    script = (
        "import sys; from pathlib import Path; from runner.models import digest, file_check\n"
        "from runner.models import user_function; from runner.planning import inspection\n"
        "file_check.check(Path('model.keras'), False); digest.digest(Path('model.keras'))\n"
        "user_function.source_digest('planned:network')\n"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'tf_keras', 'planned')))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", ["model.h5", "model"])
def test_a_digest_is_of_the_content_wherever_it_lies(tmp_path: Path, name: str) -> None:
    path = save(classifier(), tmp_path / name)
    before = digest(path)
    moved = path.rename(tmp_path / f"moved_{name}")
    assert digest(moved) == before == content(from_file(moved))
    file = moved if moved.is_file() else moved / "keras_metadata.pb"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert digest(moved) != before


def test_a_function_is_all_the_code_it_is_made_of(tmp_path: Path) -> None:
    name = functions(tmp_path, "sources")
    (tmp_path / "unrelated.py").write_text("")
    package = tmp_path / "packed"
    (package / "deep").mkdir(parents=True)
    for file in ("__init__.py", "deep/__init__.py", "deep/net.py"):
        (package / file).write_text(f"import {name}_beside\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(tmp_path)
        files, root = source_files(name)
        assert [file.name for file in files] == ["sources.py", "sources_beside.py"]
        assert root == tmp_path
        files, _ = source_files("packed.deep.net")
        assert len(files) == 4
        assert tmp_path / "sources_beside.py" in files
    assert content(from_function(f"{name}:network")) == source_digest(f"{name}:network")


def test_an_edited_function_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = set()
    for filters in (4, 5):
        folder = tmp_path / str(filters)
        folder.mkdir()
        functions(folder, "edited")
        (folder / "edited_beside.py").write_text(f"FILTERS = {filters}\n")
        monkeypatch.chdir(folder)
        digests.add(source_digest("edited:network"))
        digests.add(source_digest("edited:other"))
    assert len(digests) == 2
