"""A sweep and what its file must keep go in; the file comes out, or what comes closest to it."""

from collections.abc import Mapping, Sequence

from runner.errors import Refused
from runner.results.choice import Limits
from runner.results.decision import Decision, decision
from runner.results.rows import Results, Row, by_data, varying
from runner.settings.targets import Target


def qualify(
    results: Results,
    max_drop: float | None,
    targets: Sequence[Target],
    where: Sequence[tuple[str, str]],
    others: Mapping[str, float],
) -> Decision:
    """Choose among the points with these settings, by the sweep's own drop unless one is given.

    Raises:
        Refused: no point has these settings, or their accuracies do not compare.
    """
    rows = _having(results, where)
    if len(by_data(rows)) > 1:
        names = [each for each in varying([row.point for row in rows]) if "dataset." in each]
        raise Refused(
            f"SWEEP={results.name}: has points on several data sets, whose accuracies do not "
            f"compare; choose one with --where SETTING=VALUE of {', '.join(names)}"
        )
    drop = results.max_drop if max_drop is None else max_drop
    limits = Limits(drop, tuple(targets), **others)
    return decision(rows, limits)


def _having(results: Results, where: Sequence[tuple[str, str]]) -> list[Row]:
    rows = list(results.rows)
    for name, value in where:
        there = sorted({row.point.params.get(name, "") for row in rows})
        rows = [row for row in rows if row.point.params.get(name) == value]
        if not rows:
            known = ", ".join(there).strip(", ") or "no such setting"
            raise Refused(f"--where {name}={value}: must be a value that a point has: {known}")
    return rows
