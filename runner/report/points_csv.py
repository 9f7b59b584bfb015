"""Write the points as CSV: one line a point, a column for every setting and every figure."""

from collections.abc import Mapping, Sequence

from runner.escaping.spreadsheet import csv_text
from runner.report.contents import Contents
from runner.results.candidate import Candidate
from runner.results.choice import among
from runner.results.drop_words import NOT_MEASURED
from runner.results.rows import Row
from runner.statistics.interval import Interval

_COLUMNS = ("sweep", "point", "run_id", "status", "pick", "error")


def points_csv(contents: Contents) -> str:
    """Write the points; what a point does not have is left empty."""
    points = [row.point for row in contents.rows]
    params = dict.fromkeys(name for point in points for name in point.params)
    metrics = sorted({name for point in points for name in point.metrics})
    picks = {file.point.id: str(file.target) for file in contents.picks}
    drops = _drops(contents)
    others = {
        row.point.id: {**drops.get(row.point.id, {}), **_on_devices(contents, row)}
        for row in contents.rows
    }
    more = sorted({name for known in others.values() for name in known})
    head = [*_COLUMNS, *params, *metrics, *more]
    lines: list[list[object]] = [[*head]]
    for results in contents.sweeps:
        for point in (row.point for row in results.rows):
            values = (results.name, point.name, point.id, point.status, picks.get(point.id))
            columns = dict(zip(_COLUMNS, (*values, point.error), strict=True))
            known = {**columns, **others[point.id], **point.params, **point.metrics}
            lines.append([known.get(name) for name in head])
    return csv_text(lines)


def _drops(contents: Contents) -> Mapping[str, Mapping[str, object]]:
    """Return, by the run of a point, how far its files are below the best baseline of their seed.

    The word for where that lies is the same for all seeds of a setting, which are judged together.
    """
    values: dict[str, dict[str, object]] = {}
    for _, decision in contents.decisions:
        for candidate in among(contents.candidates, decision.rows):
            word = candidate.certainty(decision.limits.max_drop or 0.0) or NOT_MEASURED
            for file, found in zip(candidate.files, _intervals(candidate), strict=True):
                figures = {"": file.validation_drop}
                figures |= {"_low": found.low, "_high": found.high} if found else {}
                known: dict[str, object] = {
                    f"drop_from_best{end}/{file.target}": f"{value:.10g}"
                    for end, value in figures.items()
                }
                known[f"limit/{file.target}"] = str(word)
                values.setdefault(file.point.id, {}).update(known)
    return values


def _intervals(candidate: Candidate) -> Sequence[Interval | None]:
    known = candidate.validation
    return known.intervals if known else [None] * len(candidate.files)


def _on_devices(contents: Contents, row: Row) -> Mapping[str, object]:
    """Return for each device asked for which file of a point is picked, and what files take."""
    values: dict[str, object] = {}
    for _, decision in contents.asked:
        if decision.file and decision.file.point.id == row.point.id:
            values[f"pick/{decision.device}"] = str(decision.file.target)
    for found in row.devices:
        if found.device in contents.asked_devices:
            values |= {
                f"{found.device}_{name}/{found.target}": f"{value:.10g}"
                for name, value in found.figures.items()
            }
    return {name: value for name, value in values.items() if name not in row.point.metrics}
