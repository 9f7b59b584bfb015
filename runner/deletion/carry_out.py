"""Delete what a plan names, in an order in which an interrupted deletion can be taken up again."""

from runner.deletion.plan import Plan
from runner.tracking import Store
from runner.tracking.model_versions import unregister
from runner.tracking.removal import advice, can_collect, remove
from runner.tracking.saved_views.keep import forget
from runner.tracking.tags import DELETING


def carry_out(store: Store, plan: Plan) -> str:
    """Delete all of it; the sweep's own run, by which the same command finds the rest, at the end.

    Returns:
        What must be done on the store's own server to free its disk; empty where nothing must.

    Raises:
        StoreFailed: the store does not answer, or a file cannot be deleted.
    """
    if plan.begins:
        run = store.reopen(plan.sweep)
        run.tag(DELETING, plan.mark)
        run.flush()
    for version in plan.versions:
        unregister(store, version)
    plan.cache.remove()
    before = [run for run in plan.purged if run.id != plan.sweep.id]
    remove(store, [*plan.points, *plan.baselines], before)
    forget(store, [plan.sweep.id])
    remove(store, [plan.sweep] * plan.begins, [plan.sweep] * (not plan.begins))
    if can_collect(store):
        return ""
    return advice(store, [*plan.points, *plan.baselines, *before, plan.sweep])
