"""Run one point: prune its baseline, compress, export, measure and log it."""

import logging
import time
from pathlib import Path

from runner.backend import keras, make_repeatable
from runner.channels.narrow import narrow
from runner.compress import compress
from runner.data.dataset import Dataset
from runner.errors import Refused, RunnerError, one_line
from runner.models.outputs import told_apart
from runner.planning.plan import require_as_planned
from runner.point import pending, tensorboard
from runner.point.baseline_run import BaselineRun
from runner.point.context import PointContext
from runner.point.deliver import Delivery, FinishedModel
from runner.point.dense_answers import dense_answers
from runner.point.outcome import Outcome, by_target
from runner.point.stage_log import StageLog
from runner.prune.pruning import prune, prune_again, require_sparsity
from runner.settings import Settings
from runner.settings.parameters import as_yaml, point_parameters
from runner.settings.targets import Target
from runner.tracking import Kind, Run, StoreFailed
from runner.tracking.origin import lease_tags
from runner.tracking.tags import BASELINE_RUN_ID, FINGERPRINT, SETTINGS, SIGNATURE, SWEEP
from runner.training.baseline import Baseline

log = logging.getLogger(__name__)


class Unlogged(RunnerError):
    """A point is finished, and no store holds it."""


def run(settings: Settings, folder: Path) -> Outcome:
    """Run one job, write its files below the folder, and log it.

    Raises:
        NotAsPlanned: the model, the data or the code changed since the sweep began.
        Unlogged: the store failed; files and figures are kept, and the same command logs them.
        Exception: whatever went wrong, after the run was closed as FAILED with the reason.
    """
    # First of all: a model that is only read settles TensorFlow's number of threads too.
    make_repeatable(settings.seed, settings.threads)
    context = PointContext.of(settings, folder)
    require_as_planned(settings, context.data.digest)
    if settings.sweep.job != "point":
        baseline_run = BaselineRun(context)
        baseline, reference = baseline_run.obtain()
        if settings.sweep.job == "baseline_files":
            baseline_run.restore(baseline)
        chance = ", not above chance" if reference.warning else ""
        summary = f"h5 {reference.zip_bytes:,.0f} B zipped, {reference.accuracy:.2%}{chance}"
        return Outcome(summary, reference.run_id)
    if not settings.sweep.run_id:
        # A sweep has made sure of this; once it goes on, its points do not depend on it.
        context.store.connect()
    outcome = _point(context)
    log.info("finished %s: %s", context.name, outcome.summary)
    return outcome


def _point(context: PointContext) -> Outcome:
    point = _new_run(context)
    notes = pending.find(context)
    if notes:
        point.log_inputs(context.data, as_yaml(context.settings))
        pending.log_kept(context, notes, point)
        return _outcome("finished earlier, and logged now", point)
    baseline_run = BaselineRun(context)
    done: tuple[Baseline, str] | None = None
    try:
        with point.closing():
            point.log_inputs(context.data, as_yaml(context.settings))
            _begin(point)
            done = _work(context, baseline_run, point)
    except StoreFailed as failure:
        if done is None:
            raise
        raise Unlogged(f"{failure}; {_keep(context, point)}") from failure
    baseline, summary = done
    _complete(baseline_run, baseline)
    return _outcome(summary, point)


def _keep(context: PointContext, point: Run) -> str:
    """Keep what a point has come to, and say where."""
    files = f"its files are in {context.folder}"
    try:
        pending.keep(context, point.everything)
    except (OSError, Refused) as reason:
        return f"{files}, but its figures cannot be kept ({one_line(reason)})"
    return f"{files}, and kept in the cache: the same command logs it"


def _work(context: PointContext, baseline_run: BaselineRun, point: Run) -> tuple[Baseline, str]:
    """Compute everything; returns the baseline, and the figures of the files in words."""
    started = time.monotonic()
    settings = context.settings
    baseline, reference = baseline_run.obtain()
    point.tag(BASELINE_RUN_ID, reference.run_id)
    make_repeatable(settings.seed, settings.threads)
    data = context.data.for_outputs(told_apart(baseline.model))
    stages = StageLog(point, baseline.model)
    model = _narrow(settings, baseline.model, data, stages)
    # Nothing random may come after a training that is kept.
    alone = settings.compress.name == "none" and not settings.channels.removes
    pruning = prune_again if alone else prune
    with tensorboard.summaries(context, point) as watching:
        pruned = pruning(model, data, settings.schedule, watching, teacher=baseline.model)
    stages.add_pruned(pruned)
    require_sparsity(pruned.layers)
    compressed = compress(
        pruned.model, data, settings.compress, pruned.requested_sparsities, stages.add
    )
    finished = FinishedModel(compressed.model, stages.layers, compressed.aware)
    dense = dense_answers(context, baseline.model)
    place, stages_after = context.folder / "models", settings.compress.name
    delivery = Delivery(context, point, place, dense, reference, stages_after)
    files = delivery.deliver(finished, settings.export.targets)
    # Once more: somebody may have removed what the point logged when it began.
    point.log_text(as_yaml(settings), SETTINGS)
    point.log_metrics({"seconds/total": time.monotonic() - started})
    return baseline, "; ".join(map(str, files))


def _narrow(settings: Settings, model: keras.Model, data: Dataset, stages: StageLog) -> keras.Model:
    """Remove channels where that is asked for."""
    if not settings.channels.removes:
        return model
    narrowed = narrow(model, data, settings.channels, settings.baseline)
    stages.add_narrow(narrowed)
    return narrowed.model


def _outcome(summary: str, point: Run) -> Outcome:
    """Take the figures and files from what the run has logged."""
    notes = point.everything
    written = [Path(path) for path, folder in notes.files if folder == "models"]
    files = {path.stem: path for path in written if path.stem in [*Target]}
    metrics = ((name, value) for name, value, _, _ in notes.metrics)
    return Outcome(summary, point.id, by_target(metrics, files), files)


def _begin(point: Run) -> None:
    """Show the run as running; a store that does not answer now may do so at the end."""
    try:
        point.flush()
    except StoreFailed as failure:
        log.warning("going on without the store: %s", failure)


def _complete(baseline_run: BaselineRun, baseline: Baseline) -> None:
    """Complete the baseline's targets: the point is finished, whatever becomes of them."""
    try:
        baseline_run.complete(baseline)
    except Exception as failure:
        log.warning("the baseline lacks targets: %s", one_line(failure))


def _new_run(context: PointContext) -> Run:
    sweep = context.settings.sweep
    tags = {SIGNATURE: context.signature, FINGERPRINT: context.fingerprint}
    if sweep.name:
        tags[SWEEP] = sweep.name
    tags |= lease_tags(sweep)
    params = point_parameters(context.settings)
    return context.store.new_run(Kind.POINT, context.name, params, tags, sweep.run_id)
