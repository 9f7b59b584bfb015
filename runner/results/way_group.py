"""Keep together the points whose ways are compared: of one network, and with one `compress`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.results.decision import Decision
from runner.results.dense import best_dense
from runner.results.network import by_network, network_name
from runner.results.rows import Row
from runner.results.way import removes_channels
from runner.tracking import Record

_NONE = "none"


@dataclass(frozen=True)
class WayGroup:
    """Points that differ in how they became small, but not in their network or what came after.

    Attributes:
        network: the name of the network.
        compress: what follows pruning, as in `compress=qat`; `none` where nothing does.
        rows: the points.
        decision: the limits, all points of the network, and the dense baselines of the network,
            which its files are judged by.
        is_only_network: whether all points on these data are of this network.
        label: what tells the group from others; empty where there is nothing to tell.
    """

    network: str
    compress: str
    rows: tuple[Row, ...]
    decision: Decision
    is_only_network: bool
    label: str

    @property
    def following(self) -> str:
        """What follows pruning, as the setting that asks for it; empty where nothing does."""
        return "" if self.compress == _NONE else f"compress={self.compress}"

    def holds(self, point: Record) -> bool:
        """Tell whether a point is one of the group's."""
        return any(row.point.id == point.id for row in self.rows)


def way_groups(decision: Decision) -> list[WayGroup]:
    """List the groups that have a point which removes channels, network after network."""
    networks = by_network(decision.rows)
    return [
        group
        for rows in networks
        for group in _of_network(rows, decision, is_only=len(networks) == 1)
    ]


def _of_network(rows: Sequence[Row], decision: Decision, is_only: bool) -> Iterator[WayGroup]:
    judged = Decision(decision.limits, tuple(rows), best_dense(rows))
    name = network_name(rows[0].point)
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.point.params.get("compress.name", _NONE), []).append(row)
    for compress in sorted(parts, key=lambda each: each != _NONE):
        if any(removes_channels(row.point) for row in parts[compress]):
            after = "" if list(parts) == [_NONE] else f"compress={compress}"
            label = ", ".join(filter(None, ("" if is_only else name, after)))
            yield WayGroup(name, compress, tuple(parts[compress]), judged, is_only, label)
