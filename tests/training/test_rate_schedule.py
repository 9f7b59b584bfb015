"""Learning rates by step, beside those of Keras' own schedules."""

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.settings import BaselineSettings
from runner.training.optimizer import optimizer

RATE, STEPS, EPOCHS = 0.01, 10, 4


@pytest.fixture(autouse=True, scope="module")
def _repeatable() -> None:
    make_repeatable(0, 1)


def _rates(name: str, warmup_epochs: float = 0.0) -> np.ndarray:
    given = {"epochs": EPOCHS, "learning_rate": RATE, "decay_rate": 0.5}
    more = {"learning_rate_schedule": name, "warmup_epochs": warmup_epochs}
    rate = optimizer(BaselineSettings.model_validate(given | more), STEPS).learning_rate
    return np.array([float(rate(step)) for step in range(STEPS * EPOCHS)])


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("cosine", keras.optimizers.schedules.CosineDecay(RATE, STEPS * EPOCHS)),
        ("exponential", keras.optimizers.schedules.ExponentialDecay(RATE, STEPS, 0.5)),
    ],
)
def test_a_falling_rate_is_that_of_keras(name: str, theirs: object) -> None:
    assert callable(theirs)
    expected = [float(theirs(step)) for step in range(STEPS * EPOCHS)]
    np.testing.assert_allclose(_rates(name), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["constant", "cosine", "exponential"])
def test_a_rate_rises_evenly_first_and_goes_on_as_ever(name: str) -> None:
    rates = _rates(name, warmup_epochs=0.5)
    np.testing.assert_allclose(rates[:5], RATE * np.arange(1, 6) / 5, rtol=1e-5)
    assert rates[5] == pytest.approx(RATE)
    assert rates[-1] == pytest.approx({"constant": RATE}.get(name, rates.min()))
    assert (rates > 0).all()


def test_a_rate_that_never_changes_is_a_number() -> None:
    made = optimizer(BaselineSettings(learning_rate=RATE), STEPS)
    assert isinstance(made, keras.optimizers.legacy.Adam)
    assert float(made.learning_rate.numpy()) == pytest.approx(RATE)
