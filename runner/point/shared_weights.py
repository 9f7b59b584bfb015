"""Share a baseline's weights through the store, for machines that have no disk in common."""

import logging
import tempfile
from pathlib import Path

from runner.errors import one_line
from runner.point.context import PointContext
from runner.settings.cache_paths import baseline_folder
from runner.tracking import Record, Run, StoreFailed, few_retries
from runner.tracking.tags import WEIGHTS
from runner.training import cached_baseline
from runner.training.cached_baseline import DamagedCache

log = logging.getLogger(__name__)

# Among the artifacts of the baseline's run.
_FOLDER = "baseline"


def log_weights(context: PointContext, run: Run) -> None:
    """Log the weights that the cache holds, and their history, to the baseline's new run.

    Raises:
        DamagedCache: they are not whole.
    """
    paths, digest = cached_baseline.files(context.settings, context.signature)
    for path in paths:
        run.log_file(path, _FOLDER)
    run.tag(WEIGHTS, digest)


def take_weights(context: PointContext) -> Record | None:
    """Put the weights into the cache that the baseline's run in the store has, where it has some.

    All machines then start from the same ones, whichever has trained them. What this machine has
    of its own is replaced. Where the store fails, or its files are damaged, the cache stays as it
    is. The caller holds the lock of this baseline.

    Returns:
        The run; None where there is none, or the store does not answer.
    """
    try:
        with few_retries():
            record = context.baseline_record()
    except StoreFailed:
        # It is asked again when there is something to log.
        return None
    if record and WEIGHTS in record.tags and not _has(context, record.tags[WEIGHTS]):
        try:
            _take(context, record)
        except (StoreFailed, DamagedCache) as failure:
            log.warning("baseline %s: not taken from the store: %s", context.signature, failure)
    return record


def _has(context: PointContext, weights: str) -> bool:
    if not baseline_folder(context.settings, context.signature).is_dir():
        return False
    try:
        return cached_baseline.files(context.settings, context.signature)[1] == weights
    except DamagedCache:
        return False


def _take(context: PointContext, record: Record) -> None:
    log.info("baseline %s: taken from run %s", context.signature, record.id)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in cached_baseline.NAMES:
            context.store.copy_artifact(record, f"{_FOLDER}/{file}", folder / file)
        try:
            cached_baseline.take(context.settings, context.signature, folder, record.tags[WEIGHTS])
        except OSError as failure:
            raise DamagedCache(one_line(failure)) from failure
