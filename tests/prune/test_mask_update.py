from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner import backend
from runner.backend import Pruning, keras, make_repeatable, tf
from runner.data.dataset import Dataset
from runner.prune import wrappers
from runner.prune.mask_update import MaskUpdate
from runner.prune.pruning import PruningResult, prune
from tests.helpers.pruning_schedule import make_schedule
from tests.helpers.tiny import tiny_dataset

layers = keras.layers
# What rounds to a number of weights on .5 comes with 0.5 and odd sizes, 0.25 and 0.75.
SPARSITIES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.8, 0.97, 0.999999, 1.0)


def _adversaries() -> Iterator[tuple[str, np.ndarray]]:
    draw = np.random.default_rng(0)
    normal = draw.normal(size=(3, 3, 5, 7)).astype(np.float32)
    yield "rank 4", normal
    yield "rank 3", normal[0]
    yield "rank 2", normal[0, 0]
    yield "rank 1", normal[0, 0, 0]
    yield "one weight", normal[0, 0, 0, :1]
    yield "two weights", np.array([-2, 2], np.float32)
    yield "ties everywhere", draw.integers(-3, 4, (50, 31)).astype(np.float32)
    yield "all equal", np.full((6, 7), -0.5, np.float32)
    yield "all zero", np.zeros((6, 7), np.float32)
    yield (
        "zeros of both signs",
        draw.choice(np.array([0.0, -0.0, 1e-3, -1e-3], np.float32), (9, 11)),
    )
    yield "mostly zero", normal * (draw.random(normal.shape) > 0.9)
    denormal = draw.permutation(np.arange(400, dtype=np.int32)).view(np.float32)
    yield "denormals", denormal * draw.choice(np.array([1, -1], np.float32), 400)
    smallest = np.array([0, 1e-45, 1.1754942e-38, 1.1754944e-38, 1.1754945e-38, 2e-38], np.float32)
    yield "denormals and normals", draw.choice(smallest, (20, 20))
    yield "inf", draw.choice(np.array([np.inf, -np.inf, 1, -1, 3.4028235e38], np.float32), (8, 9))
    neighbours = 1 + np.arange(99, dtype=np.float32) * np.finfo(np.float32).eps
    yield "neighbours", draw.permutation(neighbours)
    yield "large", draw.normal(size=(784, 300)).astype(np.float32)


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


@pytest.mark.parametrize(
    "weights", [pytest.param(weights, id=name) for name, weights in _adversaries()]
)
def test_threshold_and_mask_have_the_bits_of_tfmot(weights: np.ndarray) -> None:
    theirs, ours = (_updates(kind, weights) for kind in (Pruning, MaskUpdate))
    assert ours == theirs


def _updates(
    kind: Any, weights: np.ndarray, sparsities: Sequence[float] = SPARSITIES
) -> list[tuple[Any, ...]]:
    """Return type, shape and bits of each threshold and mask that a class makes of weights."""
    sparsity = tf.Variable(0.0)
    updates = kind(
        training_step_fn=lambda: 1,
        pruning_vars=[],
        pruning_schedule=lambda _: (True, sparsity.read_value()),
        block_size=(1, 1),
        block_pooling_type="AVG",
    )
    update = tf.function(updates._update_mask)
    values = []
    for share in sparsities:
        sparsity.assign(share)
        values += [value.numpy() for value in update(tf.constant(weights))]
    return [(value.dtype, value.shape, value.tobytes()) for value in values]


def test_a_nan_among_the_weights_stays() -> None:
    weights = np.array([1, np.nan, -3, 2, np.nan, -np.inf], np.float32)
    for dtype, _, mask in _updates(MaskUpdate, weights)[1::2]:
        with np.errstate(invalid="ignore"):
            masked = weights * np.frombuffer(mask, dtype)
        assert np.isnan(masked[[1, 4]]).all()


@pytest.mark.long
def test_a_size_that_float32_rounds_up_is_no_number_of_weights_to_keep() -> None:
    # 16,777,219 is 16,777,220 there; TFMOT looks for the value after the last.
    weights = np.ones(16_777_219, np.float32)
    threshold, mask = _updates(MaskUpdate, weights, [0.0])
    assert threshold[2] == weights[:1].tobytes()
    assert mask[2] == weights.tobytes()


def test_training_ends_with_the_bits_of_tfmot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tiny_dataset(tmp_path)
    ours = _prune(data)
    # The toolkit's own class, in the place of ours.
    monkeypatch.setattr(wrappers, "PruneLowMagnitude", backend.PruneLowMagnitude)
    theirs = _prune(data)
    assert ours.summary == theirs.summary
    assert "prune_low_magnitude_conv (PruneLowMagnitude)" in " ".join(ours.summary.split())
    assert ours.history == theirs.history
    for own, other in zip(ours.model.get_weights(), theirs.model.get_weights(), strict=True):
        assert own.tobytes() == other.tobytes()


def _prune(data: Dataset) -> PruningResult:
    make_repeatable(0, 1)
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(6, 3, name="conv", activation="relu"),
            layers.SeparableConv2D(5, 3, name="separable"),
            layers.Flatten(),
            layers.Dense(3, name="output", activation="softmax"),
        ]
    )
    return prune(model, data, make_schedule(epochs=3))
