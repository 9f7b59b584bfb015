"""A signature and the store go in; the baseline, and the figures of its own run, come out."""

import logging
from collections.abc import Sequence
from pathlib import Path

from runner import baseline as baselines
from runner.baseline import Baseline
from runner.data import Dataset
from runner.delivery import Delivery, Reference, TargetsFailed
from runner.parameters import as_yaml, baseline_parameters
from runner.settings import Settings
from runner.sparsity import measure_sparsity
from runner.targets import Target
from runner.tracking import Kind, Record, Store

log = logging.getLogger(__name__)

_FAILED = "runner.failed_targets"


def obtain(
    settings: Settings, data: Dataset, signature: str, store: Store, folder: Path
) -> tuple[Baseline, Reference]:
    """Obtain the dense model and its run, each made once however many points need them.

    Raises:
        TargetsFailed: there is no h5 file to compare anything with.
    """
    with baselines.lock(settings, signature):
        baseline = baselines.obtain(settings, data, signature)
        found = store.baseline(signature)
        if found is None:
            tags = {"runner.signature": signature}
            run = store.open_run(
                Kind.BASELINE, _name(settings), baseline_parameters(settings), tags
            )
        else:
            run = store.reopen(found)
        delivery = Delivery(run, folder, data, settings, Reference.of(found) if found else None)
        missing = _missing(settings.export.targets, found)
        # Under the lock, a run that is neither finished nor failed was killed meanwhile.
        if found is None or missing or found.status not in ("FINISHED", "FAILED"):
            _record(baseline, missing, delivery)
            found = store.baseline(signature)
    if found is None:
        raise TargetsFailed("the baseline's h5 file could not be written and measured", [])
    return baseline, Reference.of(found)


def _missing(asked: Sequence[Target], found: Record | None) -> list[Target]:
    """List the targets that the run has no figures of, those that failed earlier included."""
    failed = found.tags.get(_FAILED, "").split() if found else []
    # The h5 file is what everything is compared with, whether or not it is to be shipped.
    wanted = dict.fromkeys((Target.H5, *map(Target, failed), *asked))
    figures = found.metrics if found else {}
    return [target for target in wanted if f"zip_bytes/{target}" not in figures]


def _record(baseline: Baseline, targets: Sequence[Target], delivery: Delivery) -> None:
    """Log the baseline as a run of its own; a target that fails there fails only there."""
    run = delivery.run
    try:
        with run.closing():
            if delivery.reference is None:
                run.log_inputs(delivery.data, as_yaml(delivery.settings))
                delivery.describe(baseline.history, measure_sparsity(baseline.model, asked=0.0))
            delivery.deliver(baseline.model, targets)
            run.tag(_FAILED, "")
    except TargetsFailed as failure:
        run.tag(_FAILED, " ".join(failure.targets))
        log.warning("baseline: %s", failure)


def _name(settings: Settings) -> str:
    return f"baseline {settings.architecture.name} on {settings.dataset.name}"
