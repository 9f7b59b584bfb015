"""Describe what MLflow's page of an experiment's runs shows."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column shows of each run, by the word that MLflow has for it."""

    PARAMETER = "params"
    METRIC = "metrics"
    TAG = "tags"


@dataclass(frozen=True)
class Column:
    """A column of the table: a parameter, a metric or a tag of each run."""

    kind: Kind
    name: str

    @property
    def id(self) -> str:
        """How MLflow names the column, also to sort by it."""
        return f"{self.kind}.`{self.name}`"


@dataclass(frozen=True)
class Charts:
    """Two charts: a metric over another one, and both beside the parameters that vary.

    Attributes:
        size: the metric along the first one's horizontal axis.
        accuracy: the metric along its vertical axis, and what lines of the second one are
            coloured by.
    """

    size: str
    accuracy: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """What the page shows.

    Attributes:
        key: what an address names it by; no two views of an experiment share one.
        name: what people choose it by.
        filter: which runs are shown, in MLflow's syntax.
        created: milliseconds since 1970; of those that are made for each sweep, the newest stay.
        order: what the runs are sorted by, the smallest first; the newest run first where none.
        columns: from left to right.
        as_charts: whether the charts are what is seen first, in place of the table.
    """

    key: str
    name: str
    filter: str
    created: int = 0
    order: Column | None = None
    columns: tuple[Column, ...] = ()
    charts: Charts | None = None
    as_charts: bool = False
