"""Compare what the store holds after a fault with the undisturbed twin."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.faults.configuration import POINTS, point_name
from benchmarks.faults.stored_runs import StoredRun
from benchmarks.faults.twin import Likeness, Twin, key

_ALL = {point_name(value) for value in POINTS}
_REPORT = ("report.html", "report.md", "points.csv")


@dataclass
class Verdict:
    """What is wrong after a fault, in words, by the column of the table that it counts in."""

    resumed: bool = False
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)


def compare(
    runs: Sequence[StoredRun], grids: Sequence[Sequence[str]], twin: Twin, verdict: Verdict
) -> None:
    """Find what is missing, other than in the twin, or there twice."""
    verdict.lost += missing(runs, grids, twin)
    verdict.wrong += list(_differing(runs, twin))
    verdict.doubles += list(_doubles(runs))
    verdict.traces += [
        f"error.txt of {run.name}"
        for run in runs
        if run.status == "FINISHED" and "error.txt" in run.files
    ]
    verdict.traces += [
        f"{tag} of {run.name}"
        for run in runs
        for tag in run.tags
        if run.status == "FINISHED" and tag.startswith("runner.claim.")
    ]


def missing(runs: Sequence[StoredRun], grids: Sequence[Sequence[str]], twin: Twin) -> list[str]:
    """Name what the store lacks of finished sweeps of these values."""
    return [text for values in grids for text in _missing(runs, values, twin)]


def _missing(runs: Sequence[StoredRun], values: Sequence[str], twin: Twin) -> list[str]:
    names = {point_name(value) for value in values}
    sweeps = [run for run in runs if run.kind == "sweep" and names == _asked(run)]
    # Of several, which is another fault, the best counts.
    lacks = [list(_lacks(sweep, runs, names, twin)) for sweep in sweeps]
    baseline = _without_files([run for run in runs if run.kind == "baseline"], "baseline", twin)
    return [*min(lacks, key=len, default=["the sweep"]), *baseline]


def _asked(sweep: StoredRun) -> set[str]:
    """Return the names of the points that a sweep was begun for, from its command."""
    command = sweep.tags.get("runner.command", "")
    (values,) = [
        word.strip("'\"").partition("=")[2]
        for word in command.split()
        if "schedule.final_sparsity=" in word
    ]
    return {point_name(value) for value in values.split(",")}


def _lacks(
    sweep: StoredRun, runs: Sequence[StoredRun], names: set[str], twin: Twin
) -> Iterator[str]:
    if sweep.status != "FINISHED":
        yield f"the sweep is {sweep.status}"
    yield from (f"the sweep's {name}" for name in _REPORT if name not in sweep.files)
    children = [run for run in runs if run.parent == sweep.id]
    picks = {run.name: pick for run in children if (pick := Likeness.of(run).pick)}
    if not picks or (names == _ALL and picks != _picks(twin)):
        yield "the pick"
    for name in sorted(names):
        found = [run for run in children if run.name == name and run.status == "FINISHED"]
        yield from _without_files(found, f"point {name}", twin)


def _picks(twin: Twin) -> dict[str, str]:
    runs = {name: twin.runs[f"point {name}"] for name in _ALL}
    return {name: run.pick for name, run in runs.items() if run.pick}


def _without_files(found: Sequence[StoredRun], name: str, twin: Twin) -> list[str]:
    finished = [run for run in found if run.status == "FINISHED"]
    if not finished:
        return [name]
    files = set().union(*(run.files for run in finished))
    return [f"{file} of {name}" for file in twin.runs[name].files if file not in files]


def _differing(runs: Sequence[StoredRun], twin: Twin) -> Iterator[str]:
    for run in runs:
        expected = twin.runs.get(key(run))
        if run.status != "FINISHED" or run.kind == "sweep" or not expected:
            continue
        found = Likeness.of(run)
        for name in sorted(expected.metrics.keys() | found.metrics.keys()):
            values = expected.metrics.get(name), found.metrics.get(name)
            if values[0] != values[1]:
                yield f"{name} of {run.name}: {values[1]}, not {values[0]}"
        for name in expected.models.keys() & found.models.keys():
            if expected.models[name] != found.models[name]:
                yield f"{name} of {run.name} differs"


def _doubles(runs: Sequence[StoredRun]) -> Iterator[str]:
    for run in runs:
        if run.status in {"RUNNING", "SCHEDULED"}:
            yield f"{run.kind} {run.name} is {run.status}"
    # Nobody counts a baseline that did not finish.
    whole = [run for run in runs if run.kind != "baseline" or run.status == "FINISHED"]
    counted = Counter((run.kind, run.parent, run.name, run.fingerprint) for run in whole)
    for (kind, _, name, _), times in counted.items():
        if times > 1:
            yield f"{times} runs of {kind} {name}"
