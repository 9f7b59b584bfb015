"""Settings go in; one pruned, exported, measured and tracked point comes out."""

import logging
import time
from dataclasses import replace
from pathlib import Path

from runner.backend import make_repeatable
from runner.compress import compress
from runner.data.dataset import Dataset, load
from runner.errors import SelfExplaining, one_line
from runner.measure.measurement import Measurement
from runner.planning.fingerprint import baseline_signature, fingerprint
from runner.point import baseline_run, pending
from runner.point.deliver import Delivery, Finished
from runner.point.outcome import Outcome
from runner.point.stage_log import Stages
from runner.prune.pruning import prune, require_sparsity
from runner.settings import Settings
from runner.settings.parameters import as_yaml, point_parameters
from runner.tracking import Kind, Run, Store, StoreFailed
from runner.tracking.tags import BASELINE_RUN_ID, FINGERPRINT, SIGNATURE, SWEEP
from runner.training.baseline import Baseline

log = logging.getLogger(__name__)


class Unlogged(SelfExplaining):
    """A point is finished, and no store holds it."""


def run(settings: Settings, folder: Path) -> Outcome:
    """Run one job, write its files below the folder, and log it.

    Raises:
        Unlogged: the store failed; files and figures are kept, and the same command logs them.
        Exception: whatever went wrong, after the run was closed as FAILED with the reason.
    """
    # First of all: a model that is only read settles TensorFlow's number of threads too.
    make_repeatable(settings.seed, settings.threads)
    data = replace(load(settings.dataset, settings.cache.folder), shift=settings.augment.shift)
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    if settings.sweep.job == "baseline":
        signature = baseline_signature(settings, data.digest)
        _, reference = baseline_run.obtain(settings, data, signature, store, folder)
        return Outcome(f"h5 {reference.zip_bytes:,.0f} B zipped, {reference.accuracy:.2%}")
    if not settings.sweep.run_id:
        # A sweep has made sure of this; once it goes on, its points do not depend on it.
        store.connect()
    outcome = _point(settings, data, store, folder)
    log.info("finished %s: %s", _name(settings), outcome.summary)
    return outcome


def _point(settings: Settings, data: Dataset, store: Store, folder: Path) -> Outcome:
    identity = fingerprint(settings, data.digest)
    point = _new_run(settings, data, store)
    kept = pending.find(settings, identity)
    if kept:
        pending.log(settings, identity, kept, point)
        return Outcome("finished earlier, and logged now")
    done: tuple[Baseline, list[Measurement]] | None = None
    try:
        with point.closing():
            point.log_inputs(data, as_yaml(settings))
            _begin(point)
            done = _work(settings, data, store, folder, point)
    except StoreFailed as failure:
        if done is None:
            raise
        pending.keep(settings, identity, point.everything)
        raise Unlogged(f"{failure}; kept in {folder}: the same command logs it") from failure
    baseline, files = done
    _complete(baseline, settings, data, store, folder / "baseline")
    return Outcome("; ".join(map(str, files)))


def _work(
    settings: Settings, data: Dataset, store: Store, folder: Path, point: Run
) -> tuple[Baseline, list[Measurement]]:
    started = time.monotonic()
    signature = baseline_signature(settings, data.digest)
    baseline, reference = baseline_run.obtain(settings, data, signature, store, folder / "baseline")
    point.tag(BASELINE_RUN_ID, reference.run_id)
    make_repeatable(settings.seed, settings.threads)
    pruned = prune(baseline.model, data, settings.schedule)
    delivery = Delivery(point, folder / "models", data, settings, reference)
    delivery.describe(pruned.history, pruned.layers)
    stages = Stages(point, pruned)
    require_sparsity(pruned.layers)
    compressed = compress(
        pruned.model, data, settings.compress, pruned.requested_sparsities, stages.add
    )
    delivery.weigh(stages.left)
    finished = Finished(compressed.model, stages.left, compressed.aware)
    files = delivery.deliver(finished, settings.export.targets)
    point.log_metrics({"seconds/total": time.monotonic() - started})
    return baseline, files


def _begin(point: Run) -> None:
    """Show the run as running; a store that does not answer now may do so at the end."""
    try:
        point.flush()
    except StoreFailed as failure:
        log.warning("going on without the store: %s", failure)


def _complete(
    baseline: Baseline, settings: Settings, data: Dataset, store: Store, folder: Path
) -> None:
    """Complete the baseline's targets: the point is finished, whatever becomes of them."""
    try:
        baseline_run.complete(baseline, settings, data, store, folder)
    except Exception as failure:
        log.warning("the baseline lacks targets: %s", one_line(failure))


def _new_run(settings: Settings, data: Dataset, store: Store) -> Run:
    tags = {
        SIGNATURE: baseline_signature(settings, data.digest),
        FINGERPRINT: fingerprint(settings, data.digest),
    }
    sweep = settings.sweep
    if sweep.name:
        tags[SWEEP] = sweep.name
    params = point_parameters(settings)
    return store.new_run(Kind.POINT, _name(settings), params, tags, sweep.run_id)


def _name(settings: Settings) -> str:
    if settings.sweep.point:
        return settings.sweep.point
    schedule = settings.schedule
    grows = f"{schedule.initial_sparsity:g} to {schedule.final_sparsity:g}"
    epochs = f"{schedule.epochs} epoch{'' if schedule.epochs == 1 else 's'}"
    stages = "" if settings.compress.name == "none" else f", {settings.compress.name}"
    return f"{settings.architecture.label} {grows} in {epochs}{stages}"
