"""Findings go in; a CSV comes out: one line a point, every setting and every figure a column."""

import csv
import io

from runner.report.contents import Findings


def points_csv(findings: Findings) -> str:
    """Write the points; what a point does not have is left empty."""
    points = [(results, row.point) for results in findings.sweeps for row in results.rows]
    params = list(dict.fromkeys(name for _, point in points for name in point.params))
    metrics = sorted({name for _, point in points for name in point.metrics})
    table = io.StringIO()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(["sweep", "point", "run_id", "status", "pick", "error", *params, *metrics])
    picks = {file.point.id: str(file.target) for file in findings.picks}
    for results, point in points:
        told = [results.name, point.name, point.id, point.status, picks.get(point.id), point.error]
        settings = [point.params.get(name) for name in params]
        lines.writerow([*told, *settings, *(point.metrics.get(name) for name in metrics)])
    return table.getvalue()
