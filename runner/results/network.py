"""Keep the points of each network together: files of different networks are no alternatives."""

from collections.abc import Sequence

from runner.results.rows import Row
from runner.tracking import Record

_GROUP = "architecture."
# What an own model is: its file, or the function that makes it.
_OWN = ("architecture.path", "architecture.target")
# How a model is read and checked, and what its classes are called, makes no other network.
_APART = {f"{_GROUP}{name}" for name in ("trust", "labels", "check_scale")}


def network_name(point: Record) -> str:
    """Name the network of a point: an own one by its file or its function."""
    own = (point.params.get(setting, "null") for setting in _OWN)
    name = point.params.get(f"{_GROUP}name", "")
    return next((value for value in own if value != "null"), name)


def by_network(rows: Sequence[Row]) -> list[list[Row]]:
    """Group the rows by the settings of their network."""
    groups: dict[frozenset[tuple[str, str]], list[Row]] = {}
    for row in rows:
        groups.setdefault(_network(row.point), []).append(row)
    return list(groups.values())


def _network(point: Record) -> frozenset[tuple[str, str]]:
    # Runs of other versions may lack a setting of which there is none.
    return frozenset(
        (setting, value)
        for setting, value in point.params.items()
        if setting.startswith(_GROUP) and setting not in _APART and value != "null"
    )
