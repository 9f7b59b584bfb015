"""What LiteRT cannot convert is refused by layer, and only for the target that it concerns."""

import pytest

from runner.backend import keras, make_repeatable
from runner.planning.conversion_check import unsupported
from runner.settings import ArchitectureSettings
from runner.settings.targets import Target
from tests.helpers.own_models import SHAPE, asked
from tests.helpers.project import Configure

layers = keras.layers


@pytest.mark.parametrize(
    ("kind", "function"),
    [("swish", "hard swish"), ("norm", "layer normalization"), ("gate", None)],
)
def test_activations_of_16_bits(settings: Configure, kind: str, function: str | None) -> None:
    make_repeatable(0, 1)
    image = layers.Input(SHAPE)
    gate = layers.ReLU(6.0)(image + 3.0) * (1.0 / 6.0)
    outputs = {
        "swish": layers.Multiply()([image, gate]),
        "norm": layers.LayerNormalization()(image),
        # As in squeeze and excitation: what is multiplied is another value.
        "gate": layers.Multiply()([layers.Conv2D(1, 1)(image), gate]),
    }
    model = keras.Model(image, outputs[kind])
    request = asked(settings, ArchitectureSettings(name="lenet5"))
    line = unsupported(model, request.model_copy(update={"targets": (Target.TFLITE_INT16X8,)}))
    assert line is None if function is None else f"computes {function}, which" in str(line)
    assert unsupported(model, request.model_copy(update={"targets": (Target.TFLITE_INT8,)})) is None
