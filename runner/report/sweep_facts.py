"""Say how a sweep was run: settings, versions, code, command, failures."""

from collections.abc import Mapping
from datetime import datetime

from runner.results.processors import several_processors
from runner.results.rows import Results, Row
from runner.tracking import Record, tags


def settings(results: Results) -> Mapping[str, str]:
    """Return every setting; of those that vary, all values."""
    return results.sweep.params


def facts(results: Results) -> Mapping[str, str]:
    """Return when and how the sweep was run; what the store does not know is left out."""
    sweep = results.sweep
    commit = sweep.tags.get(tags.GIT_COMMIT, "")
    dirty = ", with changes" if sweep.tags.get(tags.GIT_DIRTY) == "true" else ""
    values = {
        "command": sweep.tags.get(tags.COMMAND, ""),
        "started": _when(sweep.started),
        "took": _took(sweep),
        "status": sweep.status,
        "run": sweep.id,
        "commit": commit and commit + dirty,
        "versions": sweep.tags.get(tags.VERSIONS, ""),
        "processors": several_processors(results),
        "latency on": next(filter(None, map(_processor, results.rows)), ""),
    }
    return {name: value for name, value in values.items() if value}


def failures(results: Results) -> list[Record]:
    """Return the points that did not finish."""
    points = [row.point for row in results.rows]
    return [point for point in points if point.status in ("FAILED", "KILLED")]


def counted(results: Results) -> str:
    """Say how many points are done, and what became of the others."""
    points = [row.point for row in results.rows]
    running = [point for point in points if point.status == "RUNNING"]
    over = results.sweep.status != "RUNNING" or results.sweep.process_ended
    # Of another machine's process nothing is known but by its sweep.
    dead = sum(not point.process_alive if over else point.process_ended for point in running)
    counts = {
        "failed": len(failures(results)),
        "under way": len(running) - dead,
        "interrupted": dead,
        "not started": results.planned - len(points),
    }
    done = sum(point.status == "FINISHED" for point in points)
    others = [f"{number} {state}" for state, number in counts.items() if number > 0]
    return ", ".join([f"{done} of {results.planned} points done", *others])


def _processor(row: Row) -> str:
    return row.point.tags.get(tags.CPU, "")


def _when(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _took(sweep: Record) -> str:
    if not sweep.ended:
        return ""
    minutes, seconds = divmod(round((sweep.ended - sweep.started) / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
