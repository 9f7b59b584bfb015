from pathlib import Path

import numpy as np
import pytest

from runner.backend import Interpreter, keras, make_repeatable, tf
from runner.export.frozen_model import exportables
from runner.models import architectures

IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    make_repeatable(0, 1)
    return architectures.build("mnist_cnn", (8, 8, 1), 3)


def test_a_file_answers_as_the_model_does_by_its_signature(model: keras.Model) -> None:
    with exportables(model) as sources:
        converter = tf.lite.TFLiteConverter.from_saved_model(str(sources.plain.saved_model))
        content = converter.convert()
    answer = Interpreter(model_content=content).get_signature_runner("serving_default")
    name, given = model.input_names[0], model.output_names[0]
    scores = np.concatenate([answer(**{name: image[np.newaxis]})[given] for image in IMAGES])
    np.testing.assert_allclose(scores, model(IMAGES).numpy(), atol=1e-6)


def test_the_saved_model_is_written_once_when_asked_for_and_gone_afterwards(
    model: keras.Model,
) -> None:
    with exportables(model) as sources:
        assert not sources.plain.folder.exists()
        first = sources.plain.saved_model
        written = (first / "saved_model.pb").stat().st_mtime_ns
        assert (sources.plain.saved_model / "saved_model.pb").stat().st_mtime_ns == written
    assert not Path(first).exists()


def test_functions_with_gradients_of_their_own_are_frozen_too() -> None:
    make_repeatable(0, 1)
    layers = [keras.layers.Flatten(input_shape=(8, 8, 1)), keras.layers.Dense(3, "swish")]
    model = keras.Sequential(layers)
    with exportables(model) as sources:
        content = tf.lite.TFLiteConverter.from_saved_model(str(sources.plain.saved_model)).convert()
    answer = Interpreter(model_content=content).get_signature_runner("serving_default")
    (scores,) = answer(**{model.input_names[0]: IMAGES[:1]}).values()
    np.testing.assert_allclose(scores, model(IMAGES[:1]).numpy(), atol=1e-6)
