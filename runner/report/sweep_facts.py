"""A sweep goes in; how it came about comes out: settings, versions, code, command, failures."""

from collections.abc import Mapping
from datetime import datetime

from runner.process import liveness
from runner.results.rows import Results, Row
from runner.tracking import Record


def settings(results: Results) -> Mapping[str, str]:
    """Return every setting; of those that vary, all values."""
    return results.sweep.params


def facts(results: Results) -> Mapping[str, str]:
    """Return when and how the sweep was run; what the store does not know is left out."""
    sweep = results.sweep
    commit = sweep.tags.get("mlflow.source.git.commit", "")
    dirty = ", with changes" if sweep.tags.get("runner.git_dirty") == "true" else ""
    found = {
        "command": sweep.tags.get("runner.command", ""),
        "started": _when(sweep.started),
        "took": _took(sweep),
        "status": sweep.status,
        "run": sweep.id,
        "commit": commit and commit + dirty,
        "versions": sweep.tags.get("runner.versions", ""),
        "latency on": next((cpu for cpu in map(_processor, results.rows) if cpu), ""),
    }
    return {name: value for name, value in found.items() if value}


def failures(results: Results) -> list[Record]:
    """Return the points that did not finish."""
    points = [row.point for row in results.rows]
    return [point for point in points if point.status in ("FAILED", "KILLED")]


def counted(results: Results) -> str:
    """Say how many points are done, and what became of the others."""
    points = [row.point for row in results.rows]
    running = [point for point in points if point.status == "RUNNING"]
    dead = sum(liveness.is_gone(point.tags.get("runner.process", "")) for point in running)
    counts = {
        "failed": len(failures(results)),
        "under way": len(running) - dead,
        "interrupted": dead,
        "not started": results.planned - len(points),
    }
    done = sum(point.status == "FINISHED" for point in points)
    rest = [f"{number} {what}" for what, number in counts.items() if number > 0]
    return ", ".join([f"{done} of {results.planned} points done", *rest])


def _processor(row: Row) -> str:
    return row.point.tags.get("runner.cpu", "")


def _when(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _took(sweep: Record) -> str:
    if not sweep.ended:
        return ""
    seconds = round((sweep.ended - sweep.started) / 1000)
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    told = f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
    return told if seconds >= 60 else f"{seconds} s"
