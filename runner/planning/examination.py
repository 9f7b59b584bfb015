"""Describe what came of a model that passed all checks."""

from runner.models.layer_plan import LayerPlan
from runner.models.sizes import Sizes
from runner.settings.base import Group
from runner.settings.dataset import ScaleName


class Examination(Group):
    """Hold what a point must know of its model.

    Attributes:
        layers: its layers, but for the input.
        scale: range of pixels that it is to be fed with, where that is not the one asked for.
        notes: what people should know of it, a line each.
        sizes: how large it is.
    """

    layers: tuple[LayerPlan, ...]
    scale: ScaleName | None = None
    notes: tuple[str, ...] = ()
    sizes: Sizes | None = None
