"""Settings go in; one pruned, exported, measured and tracked point comes out."""

import logging
from pathlib import Path

from runner import baseline_run
from runner.backend import make_repeatable
from runner.data import Dataset, load
from runner.delivery import Delivery
from runner.identity import baseline_signature, fingerprint
from runner.parameters import as_yaml, point_parameters
from runner.prune import prune, require_sparsity
from runner.settings import Settings
from runner.tracking import Kind, Run, Store

log = logging.getLogger(__name__)


def run(settings: Settings, folder: Path) -> str:
    """Run one point, write its files below the folder, and return the id of its MLflow run.

    Raises:
        Exception: whatever went wrong, after the run was closed as FAILED with the reason.
    """
    # First of all: a model that is only read settles TensorFlow's number of threads too.
    make_repeatable(settings.seed, settings.threads)
    data = load(settings.dataset, settings.cache.folder)
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    signature = baseline_signature(settings, data.digest)
    point = _open(store, settings, data)
    with point.closing():
        point.log_inputs(data, as_yaml(settings))
        baseline, reference = baseline_run.obtain(
            settings, data, signature, store, folder / "baseline"
        )
        point.tag("runner.baseline_run_id", reference.run_id)
        make_repeatable(settings.seed, settings.threads)
        pruned = prune(baseline.model, data, settings.schedule)
        delivery = Delivery(point, folder / "models", data, settings, reference)
        delivery.describe(pruned.history, pruned.layers)
        require_sparsity(pruned.layers)
        files = delivery.deliver(pruned.model, settings.export.targets)
    log.info("finished %s: %s", _name(settings), "; ".join(map(str, files)))
    return point.id


def _open(store: Store, settings: Settings, data: Dataset) -> Run:
    tags = {
        "runner.signature": baseline_signature(settings, data.digest),
        "runner.fingerprint": fingerprint(settings, data.digest),
    }
    sweep = settings.sweep
    if sweep.name:
        tags["runner.sweep"] = sweep.name
    params = point_parameters(settings)
    return store.open_run(Kind.POINT, _name(settings), params, tags, sweep.run_id)


def _name(settings: Settings) -> str:
    if settings.sweep.point:
        return settings.sweep.point
    schedule = settings.schedule
    grows = f"{schedule.initial_sparsity:g} to {schedule.final_sparsity:g}"
    return f"{settings.architecture.name} {grows} in {schedule.epochs} epochs"
