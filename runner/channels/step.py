"""Describe one application of a layer, and note what its weights hold of each channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.channels.labels import Channels, Labels


@dataclass(frozen=True)
class Filters:
    """The channels that a layer makes, and the weight that has a filter for each.

    Attributes:
        kernel: a variable of Keras.
        axis: the axis of the kernel along which the filters lie.
    """

    channels: Channels
    kernel: Any
    axis: int


@dataclass(frozen=True)
class Holdings:
    """What the weights of a model hold of each channel.

    Attributes:
        filters: of the layers that make channels, by their names.
        gammas: of batch normalization: the channels and the variable, by the layer's name.
        axes: by the reference of a weight, the channels along its axes; other axes are whole.
    """

    filters: dict[str, Filters] = field(default_factory=dict)
    gammas: dict[str, tuple[Channels, Any]] = field(default_factory=dict)
    axes: dict[Any, Mapping[int, Channels]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One application of a layer to tensors, with the channels that it takes."""

    node: Any
    taken: Sequence[Channels]
    labels: Labels
    holdings: Holdings

    @property
    def layer(self) -> Any:
        """The layer."""
        return self.node.layer

    def hold(self, weight: str, axes: Mapping[int, Channels]) -> None:
        """Note the channels along the axes of a weight, where the layer has it."""
        variable = getattr(self.layer, weight, None)
        if variable is not None:
            self.holdings.axes[variable.ref()] = axes

    def make(self, kernel: str, axis: int, number: int) -> Channels:
        """Return new channels, which have their filters in a kernel, and a bias each."""
        channels = self.labels.new(number)
        variable = getattr(self.layer, kernel)
        self.holdings.filters[self.layer.name] = Filters(channels, variable, axis)
        self.hold("bias", {0: channels})
        return channels
