"""Collect what came of a night's sweeps from their runs in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import mean

from runner.device.fit import fit
from runner.device.request import Request
from runner.nightly.history.points import File, NightPoint, without_seed
from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.history.seeds import merge_seeds, seeds_without_figure
from runner.results.decision import Decision, decide_all
from runner.results.device_rows import with_device_rows
from runner.results.rows import Results, Row
from runner.results.rows import read as read_sweep
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record, Store, tags

_FIGURES = ("accuracy", "validation_accuracy", "size_bytes", "zip_bytes")
# Settings that change no result, or that change every night.
_IRRELEVANT = ("seed", "tracking.", "cache.", "report.")


def read_night(store: Store, run_id: str, postponed: Mapping[str, Sequence[str]]) -> Night:
    """Read a night from its sweeps' runs.

    Args:
        postponed: of each sweep, the names of points that were not started in time.

    Raises:
        StoreFailed: the store does not answer.
    """
    run = store.get(run_id)
    sweeps: dict[str, NightSweep] = {}
    facts = {
        "versions": run.tags.get(tags.VERSIONS, ""),
        "commit": run.tags.get(tags.GIT_COMMIT, ""),
        "uncommitted changes": run.tags.get(tags.GIT_DIRTY, ""),
    }
    for record in store.children(run_id):
        name = record.tags.get(tags.ENTRY, record.name)
        results = read_sweep(store, record)
        sweeps[name] = _sweep(store, name, results, postponed.get(name, ()))
        facts |= _settings(name, record)
    for name in postponed.keys() - sweeps.keys():
        sweeps[name] = NightSweep(name, {}, None, tuple(postponed[name]))
    return Night(run.name, run_id, sweeps, facts)


def _sweep(store: Store, name: str, results: Results, postponed: Sequence[str]) -> NightSweep:
    # The file to ship is that for the first device.
    request = Request(results.request.devices[:1], results.request.budgets)
    results = with_device_rows(store, results, request)
    each = [_point(row, request.device) for row in results.rows]
    points = merge_seeds(each, postponed)
    alone = seeds_without_figure(each, points)
    # A setting whose other seeds are left is not to be chosen for the one that it has.
    rows = tuple(row for row in results.rows if row.point.name not in alone)
    decisions = decide_all(replace(results, rows=rows), store, request)
    warnings = tuple(decision.warning for decision in decisions if decision.warning)
    # Files on several data sets do not compare: such a sweep has no pick.
    pick = _pick(decisions[0]) if len(decisions) == 1 else None
    device = request.device.value
    return NightSweep(name, points, pick, tuple(postponed), warnings, device, alone)


def _pick(decision: Decision) -> Pick | None:
    """Describe what is to ship; of several seeds it is the setting, with their means."""
    if not decision.candidate:
        return None
    files, file = decision.candidate.files, decision.candidate.file
    flash = None if file.device is Device.PHONE else mean(each.size for each in files)
    certainty = decision.candidate.certainty(decision.limits.max_drop or 0.0)
    return Pick(
        # As the points of a night are named, though all other seeds may have failed.
        without_seed(file.point.name),
        str(file.target),
        mean(each.zip_bytes for each in files),
        mean(each.validation_accuracy for each in files),
        flash,
        str(certainty or ""),
    )


def _point(row: Row, device: Device) -> NightPoint:
    point = row.point
    files = {
        str(target): _file(row, target, device)
        for target in Target
        if all(f"{figure}/{target}" in point.metrics for figure in _FIGURES)
    }
    seconds = point.metrics.get("seconds/total")
    return NightPoint(point.name, point.status, seconds, files, point.error or "")


def _file(row: Row, target: Target, device: Device) -> File:
    figures = row.point.figures(target)
    found = fit(target, figures, row.devices, device)
    there = found.runs and device is not Device.PHONE
    flash = found.size if there else None
    accuracy, validation, size, zipped = (figures[name] for name in _FIGURES)
    return File(accuracy, validation, size, zipped, flash)


def _settings(name: str, sweep: Record) -> dict[str, str]:
    return {
        f"settings/{name}/{key}": value
        for key, value in sweep.params.items()
        if not key.startswith(_IRRELEVANT)
    }
