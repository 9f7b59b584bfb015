"""Tell which files of finished runs are gone from the store: somebody may have removed them."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner.errors import one_line
from runner.settings.targets import Target
from runner.tracking.connection import StoreFailed
from runner.tracking.record import Record
from runner.tracking.retries import few_retries
from runner.tracking.store import Store
from runner.tracking.tags import SETTINGS

log = logging.getLogger(__name__)

_MODELS = "models"
# Beside the models; looked for only where that costs no request.
_TABLES = ("layers.csv", "classes.csv", "correct.csv", "devices.csv", SETTINGS)
_AT_ONCE = 8


def missing_files(store: Store, records: Sequence[Record]) -> dict[str, list[str]]:
    """Name the files that are gone, by the id of their run; runs that lack none are left out.

    On this machine that is a look at the disk, elsewhere one listing a run, several at once. Where
    the store lists nothing, whatever the reason, nothing is known to be gone.
    """
    missing = {record.id: _gone(store, record) for record in records if _is_here(record)}
    elsewhere = [record for record in records if not _is_here(record)]
    # The same variables in all threads: each call would put back what it has found.
    with few_retries(), ThreadPoolExecutor(_AT_ONCE) as pool:
        gone = pool.map(lambda record: _gone(store, record), elsewhere)
        missing |= dict(zip([record.id for record in elsewhere], gone, strict=True))
    return {run_id: names for run_id, names in missing.items() if names}


def _is_here(record: Record) -> bool:
    return bool(is_local_uri(record.artifacts))


def _models(record: Record) -> list[str]:
    """Name the models that the run has figures of, and the names of their classes."""
    files = [target.file_name for target in Target if record.has_file(target)]
    return [f"{_MODELS}/{name}" for name in (*files, *(["labels.txt"] if files else []))]


def _gone(store: Store, record: Record) -> list[str]:
    try:
        return _gone_here(record) if _is_here(record) else _gone_elsewhere(store, record)
    except (StoreFailed, OSError) as failure:
        # Those of another user may lie in a folder that only he may look into.
        text = "not known whether the files of %s are there: %s"
        log.warning(text, record.name, one_line(failure))
        return []


def _gone_here(record: Record) -> list[str]:
    folder = Path(local_file_uri_to_path(record.artifacts))
    models = _models(record)
    names = [*models, *_TABLES] if models else []
    return [name for name in names if not (folder / name).is_file()]


def _gone_elsewhere(store: Store, record: Record) -> list[str]:
    models = _models(record)
    if not models:
        return []
    listed = {each.path for each in store.connection.files_in(record.artifacts, _MODELS)}
    return [name for name in models if name not in listed]
