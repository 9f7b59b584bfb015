import pytest

from runner.backend import keras
from runner.models import architectures
from runner.models.sizes import Sizes, sizes_of


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_a_network_is_as_large_as_keras_says(name: str) -> None:
    model = architectures.build(name, (33, 30, 3), 7)
    assert sizes_of(name, (33, 30, 3), 7) == Sizes.of(model)


def test_models_within_models_and_layers_used_twice_count() -> None:
    layers = keras.layers
    inner = keras.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(5)])
    image, shared = layers.Input((4,)), layers.Dense(4)
    scores = inner(shared(shared(image)))
    model = keras.Model(image, [scores, layers.Reshape((5, 1))(scores)])
    assert Sizes.of(model) == Sizes(weights=20 + 15 + 20, values=4 + 4 + 3 + 5 + 5 + 5, largest=5)
