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
from runner.tracking import Kind, Store

log = logging.getLogger(__name__)


def obtain(
    settings: Settings, data: Dataset, signature: str, store: Store, folder: Path
) -> tuple[Baseline, Reference]:
    """Obtain the dense model and its run, each made once however many points need them.

    Raises:
        TargetsFailed: there is no h5 file to compare anything with.
    """
    # Its h5 file is what everything is compared with, whether or not it is to be shipped.
    wanted = list(dict.fromkeys((Target.H5, *settings.export.targets)))
    params = baseline_parameters(settings)
    calibration = "export.representative_images"
    same = {calibration: params[calibration]}
    with baselines.lock(settings, signature):
        baseline = baselines.obtain(settings, data, signature)
        found = store.baseline(signature, same)
        if found is None:
            run = store.open_run(Kind.BASELINE, _name(settings), params, _tags(signature))
            _record(baseline, wanted, Delivery(run, folder, data, settings))
            found = store.baseline(signature, same)
        else:
            missing = [each for each in wanted if f"zip_bytes/{each}" not in found.metrics]
            # Under the lock, a run that is neither finished nor failed was killed meanwhile.
            if missing or found.status not in ("FINISHED", "FAILED"):
                run, reference = store.reopen(found), Reference.of(found)
                _record(baseline, missing, Delivery(run, folder, data, settings, reference))
    if found is None:
        raise TargetsFailed("the baseline's h5 file could not be written and measured")
    return baseline, Reference.of(found)


def _record(baseline: Baseline, targets: Sequence[Target], delivery: Delivery) -> None:
    """Log the baseline as a run of its own; a target that fails there fails only there."""
    try:
        with delivery.run.closing():
            if delivery.reference is None:
                delivery.run.log_inputs(delivery.data, as_yaml(delivery.settings))
                delivery.describe(baseline.history, measure_sparsity(baseline.model, asked=0.0))
            delivery.deliver(baseline.model, targets)
    except TargetsFailed as failure:
        log.warning("baseline: %s", failure)


def _name(settings: Settings) -> str:
    return f"baseline {settings.architecture.name} on {settings.dataset.name}"


def _tags(signature: str) -> dict[str, str]:
    return {"runner.signature": signature}
