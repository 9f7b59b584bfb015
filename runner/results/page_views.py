"""Choose what MLflow's pages show of a sweep's points, of all sweeps, and as charts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runner.results.decision import Decision
from runner.results.rows import Results, Row, targets, varying
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Store, tags
from runner.tracking.saved_views.keep import keep, points_key
from runner.tracking.saved_views.view import Charts, Column, View
from runner.tracking.saved_views.view import Kind as Of

_ALWAYS = ("schedule.final_sparsity", "schedule.epochs")
# Of other settings that vary: more of them do not fit beside each other.
_MOST = 4
_OF_SWEEPS = (
    *("points_done", "points_failed", "best_zip_ratio", "picked_zip_bytes"),
    *("picked_validation_accuracy", "picked_accuracy"),
)


def saved_page(store: Store, results: Results, decisions: Sequence[Decision]) -> str:
    """Save the views of a sweep, and return the address of its points after the server's."""
    views = page_views(results, decisions)
    return keep(store, views, views[0])


def page_views(results: Results, decisions: Sequence[Decision]) -> list[View]:
    """Return the views that a sweep is seen in, its points first."""
    points, charts = points_view(results, decisions), charts_view(results, decisions)
    return [points, sweeps_view(results.sweep.started), charts]


def points_view(results: Results, decisions: Iterable[Decision]) -> View:
    """Return the view of a sweep's points, the smallest file first.

    Figures are those of the kind of file to ship, or of the one that comes closest.
    """
    return _of_runs(results, decisions, f"tags.`{tags.PARENT}` = '{results.sweep.id}'")


def charts_view(results: Results, decisions: Iterable[Decision]) -> View:
    """Return the view of all points of the experiment as charts, of the same figures."""
    view = _of_runs(results, decisions, f"tags.`{tags.KIND}` = 'point'")
    return replace(view, key="runner-charts", name="charts of all points", as_charts=True)


def _of_runs(results: Results, decisions: Iterable[Decision], only: str) -> View:
    target = _target(results, decisions)
    others = _others(results)
    charts = Charts(_size(results, target), f"validation_accuracy/{target}", (*_ALWAYS, *others))
    names = (charts.size, charts.accuracy, f"validation_drop/{target}", f"accuracy/{target}")
    columns = (
        *(Column(Of.PARAMETER, name) for name in _ALWAYS),
        *(Column(Of.METRIC, name) for name in names),
        *(Column(Of.TAG, name) for name in (tags.PICK_TARGET, *_errors(results.rows))),
        *(Column(Of.PARAMETER, name) for name in others),
    )
    order = Column(Of.METRIC, charts.size)
    key, name = points_key(results.sweep.id), f"{results.name}: points"
    return View(key, name, only, results.sweep.started, order, columns, charts)


def sweeps_view(now: int = 0) -> View:
    """Return the view of all sweeps, a row each, the newest first.

    Args:
        now: milliseconds since 1970.
    """
    metrics = (Column(Of.METRIC, name) for name in _OF_SWEEPS)
    columns = (Column(Of.TAG, tags.STATE), *metrics)
    only = f"tags.`{tags.KIND}` = 'sweep'"
    return View("runner-sweeps", "sweeps", only, now, columns=columns)


def _target(results: Results, decisions: Iterable[Decision]) -> Target:
    chosen = [each.file or each.closest for each in decisions]
    known = [file.target for file in chosen if file]
    return next(iter([*known, *targets(results.rows)]), Target.H5)


def _size(results: Results, target: Target) -> str:
    """Name the metric of a file's bytes on the device, as far as they are a metric."""
    device = results.request.device
    vela = f"{device}_flash_bytes/{target}"
    if any(vela in row.point.metrics for row in results.rows):
        return vela
    return f"{'zip_bytes' if device is Device.PHONE else 'size_bytes'}/{target}"


def _others(results: Results) -> list[str]:
    """Name the first ones of the other settings that vary."""
    names = varying([row.point for row in results.rows])
    return [name for name in names if name not in _ALWAYS][:_MOST]


def _errors(rows: Iterable[Row]) -> list[str]:
    return [tags.ERROR] * any(row.point.error for row in rows)
