"""Log the report of a sweep to its run, and mark the point that it picks."""

import hashlib
import math
from collections.abc import Sequence

from runner.report.charts import pictures
from runner.report.charts.style import CONFIG
from runner.report.contents import Findings, gather
from runner.report.markdown import note, whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.results.choice import File
from runner.results.rows import Results
from runner.tracking import Run, Store
from runner.tracking.tags import NOTE, PICK, PICK_TARGET, WRITTEN_NOTE

PAGE = "report.html"
# The metrics of a sweep's run, and the figures of the file to ship that they hold.
_PICKED = {
    "best_zip_ratio": "zip_ratio",
    "picked_zip_bytes": "zip_bytes",
    "picked_accuracy": "accuracy",
    "picked_validation_accuracy": "validation_accuracy",
}


def publish(store: Store, results: Results) -> str:
    """Log page, pictures, tables, note and figures to the sweep's run, and mark the picked point.

    Returns:
        The path or address of the page.

    Raises:
        StoreFailed: the store does not take it.
    """
    findings = gather(store, [results])
    drawn = pictures(findings)
    run = store.reopen(results.sweep)
    # The decision first: what is large, or drawn, may yet fail.
    run.log_text(whole(findings), "report.md")
    run.log_text(points_csv(findings), "points.csv")
    run.log_metrics(_figures(findings))
    _describe(run, results, note(findings, list(drawn)))
    run.flush()
    _mark(store, results, findings.picks)
    run.log_text(page(findings, drawn), PAGE)
    run.flush()
    for name, figure in drawn.items():
        run.log_figure(figure, f"pictures/{name}.html", CONFIG)
    return store.local_file(results.sweep, PAGE)


def _figures(findings: Findings) -> dict[str, float]:
    """Sum the sweep up, so that sweeps compare with sweeps; one file is to be shipped, or none."""
    points = [row.point.status for row in findings.rows]
    counts = {
        "points_done": float(points.count("FINISHED")),
        "points_failed": float(points.count("FAILED") + points.count("KILLED")),
    }
    if len(findings.decisions) > 1 or not findings.picks:
        # A figure of an earlier report cannot be taken back, only overwritten.
        stale = set(_PICKED) & findings.sweeps[0].sweep.metrics.keys()
        return counts | dict.fromkeys(stale, math.nan)
    (file,) = findings.picks
    return counts | {name: getattr(file, field) for name, field in _PICKED.items()}


def _describe(run: Run, results: Results, text: str) -> None:
    """Set the note, unless someone has written another one meanwhile."""
    tags = results.sweep.tags
    if NOTE not in tags or _digest(tags[NOTE]) == tags.get(WRITTEN_NOTE):
        run.tag(NOTE, text)
        run.tag(WRITTEN_NOTE, _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _mark(store: Store, results: Results, picks: Sequence[File]) -> None:
    targets = {file.point.id: str(file.target) for file in picks}
    for row in results.rows:
        point = row.point
        run = store.reopen(point)
        if point.id in targets:
            run.tag(PICK, "true")
            run.tag(PICK_TARGET, targets[point.id])
            run.flush()
        elif PICK in point.tags:
            run.untag(PICK, PICK_TARGET)
