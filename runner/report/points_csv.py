"""Write the points as CSV: one line a point, a column for every setting and every figure."""

from runner.escaping.spreadsheet import csv_text
from runner.report.contents import Contents

_COLUMNS = ("sweep", "point", "run_id", "status", "pick", "error")


def points_csv(contents: Contents) -> str:
    """Write the points; what a point does not have is left empty."""
    points = [row.point for row in contents.rows]
    params = dict.fromkeys(name for point in points for name in point.params)
    metrics = sorted({name for point in points for name in point.metrics})
    picks = {file.point.id: str(file.target) for file in contents.picks}
    head = [*_COLUMNS, *params, *metrics]
    lines: list[list[object]] = [[*head]]
    for results in contents.sweeps:
        for point in (row.point for row in results.rows):
            values = (results.name, point.name, point.id, point.status, picks.get(point.id))
            columns = dict(zip(_COLUMNS, (*values, point.error), strict=True))
            known = {**columns, **point.params, **point.metrics}
            lines.append([known.get(name) for name in head])
    return csv_text(lines)
