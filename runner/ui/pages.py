"""Find or make the view of a sweep that MLflow's pages are to show."""

from runner.errors import Refused
from runner.results.decision import decide_all
from runner.results.lookup import find_run, find_sweep
from runner.results.page_views import charts_view, points_view, sweeps_view
from runner.results.rows import read
from runner.tracking import Kind, Record, Store
from runner.tracking.saved_views.address import of_run
from runner.tracking.saved_views.keep import keep, kept, points_key
from runner.tracking.saved_views.view import View


def page_of(store: Store, name: str, view: str) -> tuple[str, str]:
    """Return the address of a view, or of a point's page, after the server's, and the run's id.

    A view that is there already is taken as it is: to make one, all points of the sweep are read.
    Where `latest` is asked for and there is no sweep, all there is are the sweeps to come; the run
    id is then empty.

    Args:
        name: a sweep's name, its run id, that of any other run of ours, or latest.
        view: points, sweeps or charts.

    Raises:
        Refused: there is no such sweep.
        StoreFailed: the store does not answer.
    """
    run = find_run(store, name)
    if run and run.kind != Kind.SWEEP:
        return of_run(run.experiment_id, run.id), run.id
    sweep = _sweep(store, name)
    if not sweep or view == "sweeps":
        shown = sweeps_view()
        return keep(store, [shown], shown), sweep.id if sweep else ""
    before = kept(store, points_key(sweep.id)) if view == "points" else None
    return before or _made(store, sweep, view), sweep.id


def _sweep(store: Store, name: str) -> Record | None:
    try:
        return find_sweep(store, name)
    except Refused:
        if name == "latest":
            return None
        raise


def _made(store: Store, sweep: Record, view: str) -> str:
    results = read(store, sweep)
    make = points_view if view == "points" else charts_view
    shown: View = make(results, decide_all(results, store))
    return keep(store, [shown], shown)
