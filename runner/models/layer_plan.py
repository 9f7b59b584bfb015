"""List the layers of a shipped architecture without building it and without TensorFlow."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.models.architectures import ARCHITECTURES

# The layers that TFMOT can prune, with the rank of the weights it prunes there: a copy of the
# PruneRegistry of TFMOT 0.8, with which the tests compare it.
PRUNED = {
    "Dense": 2,
    "Embedding": 2,
    "Conv1D": 3,
    "SeparableConv1D": 3,
    "LocallyConnected1D": 3,
    "LocallyConnected2D": 3,
    "Conv2D": 4,
    "Conv2DTranspose": 4,
    "SeparableConv2D": 4,
    "Conv3D": 5,
    "Conv3DTranspose": 5,
}


@dataclass(frozen=True)
class LayerPlan:
    """Hold what is known of a layer before it exists.

    Attributes:
        name: name of the layer.
        kind: name of its class in Keras.
    """

    name: str
    kind: str

    @property
    def rank(self) -> int | None:
        """Return the rank of the weights that can be pruned; None where there are none."""
        return PRUNED.get(self.kind)


class _Recorder:
    """Stand in for Keras' layers module, and record the layers that a builder makes."""

    def __init__(self) -> None:
        self.plans: list[LayerPlan] = []

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def make(*_: Any, name: str, **__: Any) -> Callable[[Any], None]:
            self.plans.append(LayerPlan(name, kind))
            return lambda _: None

        return make


@functools.cache
def plan(architecture: str) -> tuple[LayerPlan, ...]:
    """List the layers of a shipped architecture, in the order in which they are made."""
    recorder = _Recorder()
    for step in ARCHITECTURES[architecture].build(recorder, 2):
        step(None)
    return tuple(recorder.plans)
