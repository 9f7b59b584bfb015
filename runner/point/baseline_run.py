"""A signature and the store go in; the baseline, and the figures of its own run, come out."""

import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from filelock import BaseFileLock, Timeout

from runner.data.dataset import Dataset
from runner.point.deliver import Delivery, Earlier, Finished, Reference, TargetsFailed
from runner.prune.sparsity import LayerSparsity, measure_sparsity
from runner.settings import Settings
from runner.settings.cache_paths import reference_file
from runner.settings.parameters import as_yaml, baseline_parameters
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Run, Store, StoreFailed
from runner.tracking.tags import FAILED_TARGETS, SIGNATURE
from runner.training import baseline as baselines
from runner.training.baseline import Baseline

log = logging.getLogger(__name__)


def obtain(
    settings: Settings, data: Dataset, signature: str, store: Store, folder: Path
) -> tuple[Baseline, Reference]:
    """Obtain the dense model and the figures of its h5 file, each made once.

    Raises:
        TargetsFailed: there is no h5 file to compare anything with.
        StoreFailed: the store does not answer, and never told these figures before.
    """
    kept = reference_file(settings, signature)
    with baselines.lock(settings, signature):
        baseline = baselines.obtain(settings, data, signature)
        try:
            reference = _recorded(baseline, settings, data, store, folder)
        except StoreFailed:
            if not kept.is_file():
                raise
            return baseline, Reference(**json.loads(kept.read_text()))
        kept.write_text(json.dumps(asdict(reference)))
    return baseline, reference


def complete(
    baseline: Baseline, settings: Settings, data: Dataset, store: Store, folder: Path
) -> None:
    """Add the targets to the baseline's run that it has no figures of, those that failed included.

    In a sweep, a point that finds another one at the same targets leaves them to that one.
    """
    asked = "-".join(sorted(settings.export.targets))
    lock = baselines.lock(settings, f"{baseline.signature}.{asked}")
    with suppress(Timeout), lock.acquire(timeout=0 if settings.sweep.run_id else -1):
        found = store.baseline(baseline.signature)
        missing = _missing(settings.export.targets, found) if found else []
        if found and missing:
            run = store.reopen(found)
            delivery = Delivery(run, folder, data, settings, Reference.of(found))
            # Other points may add other targets meanwhile: the table is everybody's.
            alone = baselines.lock(settings, f"{baseline.signature}.layers")
            _deliver(baseline, missing, delivery, lambda: _table(alone, store, found, run))


def _recorded(
    baseline: Baseline, settings: Settings, data: Dataset, store: Store, folder: Path
) -> Reference:
    found = store.baseline(baseline.signature)
    if found is None:
        tags = {SIGNATURE: baseline.signature}
        name = f"baseline {settings.architecture.label} on {settings.dataset.name}"
        run = store.new_run(Kind.BASELINE, name, baseline_parameters(settings), tags)
        run.log_inputs(data, as_yaml(settings))
        delivery = Delivery(run, folder, data, settings)
        delivery.describe(baseline.history, _layers(baseline))
        # The h5 file is what everything is compared with, whether or not it is to be shipped.
        _deliver(baseline, [Target.H5], delivery)
        found = store.baseline(baseline.signature)
    if found is None:
        raise TargetsFailed("the baseline's h5 file could not be written and measured", [])
    return Reference.of(found)


def _missing(asked: Sequence[Target], found: Record) -> list[Target]:
    failed = map(Target, found.tags.get(FAILED_TARGETS, "").split())
    return [each for each in dict.fromkeys((*failed, *asked)) if not found.has_file(each)]


def _layers(baseline: Baseline) -> Sequence[LayerSparsity]:
    return measure_sparsity(baseline.model, requested={})


@contextmanager
def _table(alone: BaseFileLock, store: Store, found: Record, run: Run) -> Iterator[str]:
    """Read the table of layers as the run has it, and send the new one before anyone else reads."""
    with alone:
        yield _read(store, found)
        run.flush()


def _read(store: Store, found: Record) -> str:
    """Read the table; someone may have deleted it."""
    with tempfile.TemporaryDirectory() as folder, suppress(StoreFailed, OSError):
        return store.fetch(found, "layers.csv", Path(folder)).read_text()
    return ""


def _deliver(
    baseline: Baseline, targets: Sequence[Target], delivery: Delivery, *earlier: Earlier
) -> None:
    """Log files of the baseline in its run; a target that fails there fails only there."""
    run = delivery.run
    try:
        with run.closing():
            delivery.deliver(Finished(baseline.model, _layers(baseline)), targets, *earlier)
            run.tag(FAILED_TARGETS, "")
    except TargetsFailed as failure:
        run.tag(FAILED_TARGETS, " ".join(failure.targets))
        run.flush()
        log.warning("baseline: %s", failure)
