import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf


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
