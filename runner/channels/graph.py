"""Find out which channels of a model can only be removed together, and which must stay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.backend import keras, tf
from runner.channels.labels import Channels, Labels
from runner.channels.rules import kind, rule_of
from runner.channels.step import Holdings, Step
from runner.models.flatten import nodes


@dataclass
class ChannelGraph:
    """The channels of a model.

    Attributes:
        labels: which channels belong together, and which must stay.
        holdings: what makes channels, and which weights hold what of each.
        given: the channels that each known layer gives, by its name.
    """

    labels: Labels = field(default_factory=Labels)
    holdings: Holdings = field(default_factory=Holdings)
    given: dict[str, Channels] = field(default_factory=dict)
    _taken: dict[str, Sequence[Channels]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: keras.Model) -> "ChannelGraph":
        """Follow the channels of a functional or Sequential model from its input to its output.

        A layer that is not known to treat channels apart keeps all that it takes and gives.
        """
        graph = cls()
        tensors: dict[int, Channels] = {}
        for tensor in model.inputs:
            tensors[id(tensor)] = graph._whole(tensor, "is of the input")
        for node in nodes(model):
            taken = [tensors[id(tensor)] for tensor in tf.nest.flatten(node.keras_inputs)]
            given = graph._apply(node, taken)
            tensors |= zip(map(id, tf.nest.flatten(node.outputs)), given, strict=True)
        for tensor in model.outputs:
            graph.labels.keep(tensors[id(tensor)], "is of the output")
        return graph

    def _apply(self, node: Any, taken: Sequence[Channels]) -> list[Channels]:
        name = node.layer.name
        if name in self.given and node.layer.weights:
            # It has one set of weights for all that it is applied to.
            for first, again in zip(self._taken[name], taken, strict=True):
                self.labels.unite(first, again)
            return [self.given[name]]
        given = rule_of(node.layer)(Step(node, taken, self.labels, self.holdings))
        if given is None:
            return self._keep_around(node, taken)
        if name in self.given and kind(node.layer) == "Reshape":
            # It has one target shape for all that it is applied to.
            self.labels.unite(self.given[name], given)
        self.given[name], self._taken[name] = given, taken
        return [given]

    def _keep_around(self, node: Any, taken: Sequence[Channels]) -> list[Channels]:
        reason = f"touches {node.layer.name} ({kind(node.layer)})"
        for channels in taken:
            self.labels.keep(channels, reason)
        return [self._whole(tensor, reason) for tensor in tf.nest.flatten(node.outputs)]

    def _whole(self, tensor: Any, reason: str) -> Channels:
        number = tensor.shape[-1] if len(tensor.shape) > 1 else 1
        channels = self.labels.new(number or 0)
        self.labels.keep(channels, reason)
        return channels
