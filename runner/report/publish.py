"""Log the report of a sweep to its run, and mark the point that it picks, or say why none is."""

import hashlib
import math
from collections.abc import Sequence

from runner.report.contents import Contents
from runner.report.drawing import Drawing
from runner.report.folder import PAGE
from runner.report.markdown import note
from runner.report.svg.picture import picture
from runner.report.sweep_facts import counted
from runner.results.choice import File
from runner.results.rows import Results
from runner.results.way import Way
from runner.settings.devices import Device
from runner.tracking import Run, Store
from runner.tracking.tags import NO_PICK, NOTE, PICK, PICK_TARGET, STATE, WRITTEN_NOTE

_LONGEST_TAG = 1000
# The metrics of a sweep's run, and the figures of the file to ship that they hold.
_PICKED = {
    "best_zip_ratio": "zip_ratio",
    "picked_zip_bytes": "zip_bytes",
    "picked_accuracy": "accuracy",
    "picked_validation_accuracy": "validation_accuracy",
}
# The same where it is for another device than a phone, as far as they are known.
_PICKED_THERE = {
    "picked_flash_bytes": "size",
    "picked_ram_bytes": "ram",
    "picked_latency_ms": "latency_ms",
}

# Of each way of making a network small: bytes on the device, and the drop of validation accuracy.
_OF_WAYS = ("way_bytes/", "way_validation_drop/")


def publish_drawing(store: Store, results: Results, drawing: Drawing) -> str:
    """Log page, charts, tables, note and figures to the sweep's run, and mark the picked point.

    Whoever does it again, after a failure half way, changes nothing.

    Returns:
        The path or address of the page.

    Raises:
        StoreFailed: the store does not take it.
    """
    contents, charts = drawing.contents, drawing.charts
    run = store.reopen(results.sweep)
    for name, text in drawing.texts.items():
        run.log_text(text, name)
    for name, figure in charts.items():
        run.log_text(picture(name, figure), f"pictures/{name}.html")
    run.log_metrics(_figures(contents))
    _set_note(run, results, note(contents, list(charts)))
    _say_why_not(run, contents)
    run.tag(STATE, counted(results)[:_LONGEST_TAG])
    run.flush()
    _mark_picks(store, results, contents.picks)
    return store.local_file(results.sweep, PAGE)


def _figures(contents: Contents) -> dict[str, float]:
    """Return figures by which MLflow compares sweeps; those of a pick if there is exactly one."""
    statuses = [row.point.status for row in contents.rows]
    counts = {
        "points_done": float(statuses.count("FINISHED")),
        "points_failed": float(statuses.count("FAILED") + statuses.count("KILLED")),
    }
    # A figure of an earlier report cannot be taken back, only overwritten.
    before = contents.sweeps[0].sweep.metrics.keys()
    ways = {name for name in before if name.startswith(_OF_WAYS)}
    counts |= dict.fromkeys({*_PICKED, *_PICKED_THERE} & before | ways, math.nan)
    if len(contents.decisions) > 1:
        return counts
    counts |= _of_ways(contents)
    if not contents.picks:
        return counts
    (file,) = contents.picks
    names = _PICKED if contents.device is Device.PHONE else _PICKED | _PICKED_THERE
    values = {name: getattr(file, field) for name, field in names.items()}
    return counts | {name: value for name, value in values.items() if value is not None}


def _of_ways(contents: Contents) -> dict[str, float]:
    """Return what each way comes to within the limits, and the dense network in any case.

    Figures of different networks, or of what follows pruning, do not compare: of several tables,
    that of the file to ship counts.
    """
    tables = [table for each in contents.ways.values() for table in each]
    if len(tables) > 1:
        points = [file.point for file in contents.picks]
        tables = [table for table in tables if any(map(table.group.holds, points))]
    values: dict[str, float] = {}
    for each in (file for table in tables for file in table.files):
        if each.keeps or each.way in (Way.DENSE, Way.BASELINE_LONGER):
            figures = each.size, each.candidate.drop
            names = (f"{begin}{each.way.name.lower()}" for begin in _OF_WAYS)
            values |= dict(zip(names, figures, strict=True))
    return values


def _set_note(run: Run, results: Results, text: str) -> None:
    """Set the note, unless someone has written another one by hand."""
    tags = results.sweep.tags
    if NOTE not in tags or _digest(tags[NOTE]) == tags.get(WRITTEN_NOTE):
        run.tag(NOTE, text)
        run.tag(WRITTEN_NOTE, _digest(text))


def _say_why_not(run: Run, contents: Contents) -> None:
    """Tag the run with why there is no file to ship, where there is none on some data set."""
    (results,) = contents.sweeps
    reasons = [decision.verdict for _, decision in contents.decisions if not decision.file]
    if reasons:
        run.tag(NO_PICK, " ".join(reasons)[:_LONGEST_TAG])
    elif NO_PICK in results.sweep.tags:
        run.untag(NO_PICK)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _mark_picks(store: Store, results: Results, picks: Sequence[File]) -> None:
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
