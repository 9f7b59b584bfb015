"""Select the file of a sweep that meets criteria, or the one closest to them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from runner.errors import Refused
from runner.results.choice import Limits
from runner.results.decision import Decision, decision
from runner.results.lookup import find_sweep
from runner.results.provenance import provenance
from runner.results.rows import Results, Row, by_data, read, says_which_images, varying
from runner.settings.targets import Target
from runner.tracking import Store


@dataclass(frozen=True)
class Criteria:
    """The points to choose among, and the limits of their file.

    Attributes:
        targets: kinds of files to choose from.
        max_drop: share of validation accuracy that a file may lose; None for the sweep's limit.
        where: settings that a point must have, with their values.
        limits: most bytes and milliseconds, by the names of `Limits`.
    """

    targets: tuple[Target, ...] = tuple(Target)
    max_drop: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


def select(store: Store, sweep: str, criteria: Criteria) -> tuple[Decision, dict[str, Any]]:
    """Choose a sweep's file that meets the criteria, or else the closest one, and describe it.

    Returns:
        The decision, and the file's figures and origin as plain values.

    Raises:
        Refused: there is no such sweep, or its points do not compare.
        StoreFailed: the store does not answer.
    """
    results = read(store, find_sweep(store, sweep))
    result = qualify(results, criteria)
    file = result.file or result.closest
    values = provenance(results, result.baseline, file) if file else {}
    limits = {name: value for name, value in asdict(result.limits).items() if value is not None}
    values = {"qualifies": result.file is not None, "limits": limits, **values}
    return result, values if result.file else values | {"reason": result.reason}


def qualify(results: Results, criteria: Criteria) -> Decision:
    """Choose among the points with these settings, by the sweep's own drop unless one is given.

    Raises:
        Refused: no point has these settings, or their accuracies do not compare.
    """
    rows = _rows_with(results, criteria.where)
    if len(by_data(rows)) > 1:
        names = [name for name in varying([row.point for row in rows]) if says_which_images(name)]
        raise Refused(
            f"SWEEP={results.name}: has points on several data sets, whose accuracies do not "
            f"compare; choose one with --where SETTING=VALUE of {', '.join(names)}"
        )
    drop = results.max_drop if criteria.max_drop is None else criteria.max_drop
    return decision(rows, Limits(drop, criteria.targets, **criteria.limits))


def _rows_with(results: Results, where: Sequence[tuple[str, str]]) -> list[Row]:
    rows = list(results.rows)
    for name, value in where:
        values = sorted({row.point.params.get(name, "") for row in rows})
        rows = [row for row in rows if row.point.params.get(name) == value]
        if not rows:
            known = ", ".join(values).strip(", ") or "no such setting"
            raise Refused(f"--where {name}={value}: must be a value that a point has: {known}")
    return rows
