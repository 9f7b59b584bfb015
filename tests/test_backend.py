from pathlib import Path

import numpy as np
import pytest

from runner.backend import LayerScale, keras, make_repeatable, tf
from runner.models import file_check


def test_keras_is_keras_2() -> None:
    assert keras.__version__.startswith("2.")
    assert tf.keras.layers.Dense is keras.layers.Dense


def test_the_same_seed_draws_the_same_numbers() -> None:
    drawn = []
    for seed in (5, 5, 6):
        make_repeatable(seed, 1)
        drawn.append((tf.random.uniform([3]).numpy().tolist(), np.random.rand(3).tolist()))
    assert drawn[0] == drawn[1] != drawn[2]


def test_another_number_of_threads_is_refused_by_name() -> None:
    make_repeatable(0, 1)
    keras.layers.Dense(1).build((None, 1))
    with pytest.raises(
        RuntimeError, match=r"threads=3: TensorFlow has already computed .* threads=1"
    ):
        make_repeatable(0, 3)


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_a_layer_that_only_one_network_of_keras_has_is_read_again(
    name: str, tmp_path: Path
) -> None:
    image = keras.layers.Input((4, 4, 2))
    scaled = LayerScale(0.5, 2, name="scale")(image)
    model = keras.Model(image, keras.layers.Dense(3)(keras.layers.Flatten()(scaled)))
    model.save(tmp_path / name)
    file_check.check(tmp_path / name, trust=False)
    read = keras.models.load_model(str(tmp_path / name), compile=False)
    assert type(read.get_layer("scale")) is LayerScale
