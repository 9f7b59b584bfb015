"""Runs that go, and folders, go in; the store and the disk are rid of them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlflow.entities import ViewType
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner.settings.store_uri import without_password
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.record import Record, record_of
from runner.tracking.store import Store

# A command line takes so many ids, and many more.
_CHUNK = 200
_PAGE = 1000
# Where the store is a server, only the server's own machine reaches its database and files.
_SERVED = ("http", "databricks")


def remove(store: Store, runs: Sequence[Record], deleted: Sequence[Record]) -> str:
    """Delete the runs, and free the disk of them and of those that were deleted before.

    Returns:
        What must be done on the store's own server to free its disk; empty where nothing must.

    Raises:
        StoreFailed: the store does not answer, or `mlflow gc` failed; what is left of these runs
            is among the deleted ones.
    """
    for run in runs:
        store.delete(run)
    if not collects(store):
        return _advice(store, runs) if runs else ""
    everything = [*runs, *deleted]
    for start in range(0, len(everything), _CHUNK):
        _collect(store, everything[start : start + _CHUNK])
    return ""


def remove_folders(parent: Path, names: Collection[str]) -> None:
    """Remove the folders of these names.

    Raises:
        StoreFailed: one of them cannot be removed.
    """
    for folder in folders_in(parent, names):
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise StoreFailed(f"{folder}: cannot be removed ({error})") from error


def folders_in(parent: Path, names: Collection[str]) -> list[Path]:
    """Return the folders of these names; what a link leads to is someone else's."""
    if not parent.is_dir():
        return []
    found = [each for each in sorted(parent.iterdir()) if each.name in names]
    return [each for each in found if each.is_dir() and not each.is_symlink()]


def collects(store: Store) -> bool:
    """Tell whether `mlflow gc` can be run from here."""
    return not store.uri.startswith(_SERVED)


def deleted_runs(store: Store) -> list[Record]:
    """Return the runs of the experiment that were deleted, and can be restored.

    Raises:
        StoreFailed: the store does not answer.
    """
    where = {"experiment_ids": [store.experiment_id], "run_view_type": ViewType.DELETED_ONLY}
    return [record_of(each) for each in _paged(store.connection, "search_runs", **where)]


def registered_runs(store: Store) -> frozenset[str]:
    """Return the ids of all runs that a version of a registered model comes from or needs.

    Raises:
        StoreFailed: the store does not answer.
    """
    found: set[str] = set()
    for version in _paged(store.connection, "search_model_versions"):
        # One that was registered by its address alone has no run id.
        found |= set(re.findall(r"[0-9a-f]{32}", str(version.source)))
        found |= {str(version.run_id), version.tags.get("runner.baseline_run_id", "")}
    return frozenset(found - {"", "None"})


def files_of(run: Record) -> Path | None:
    """Return the folder of a run's artifacts; None where they are not on this machine."""
    return Path(local_file_uri_to_path(run.artifacts)) if is_local_uri(run.artifacts) else None


def _paged(client: Connection, search: str, **named: Any) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        page = getattr(client, search)(max_results=_PAGE, page_token=token, **named)
        found += page
        token = page.token
        if not token:
            return found


def _collect(store: Store, runs: Sequence[Record]) -> None:
    """Run `mlflow gc` for these runs alone."""
    ids = ",".join(each.id for each in runs)
    with store.alone():
        experiment, model = _decoys(store.connection)
        only = ["--run-ids", ids, "--experiment-ids", experiment, "--logged-model-ids", model]
        # By the environment: a command line shows a password to everyone on this machine.
        done = subprocess.run(
            [sys.executable, "-m", "mlflow", "gc", *only],
            env={**os.environ, "MLFLOW_TRACKING_URI": store.uri},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise StoreFailed(f"mlflow gc: {reason}")
    for run in runs:
        _remove_empty(run)


def _decoys(client: Connection) -> tuple[str, str]:
    """Make and delete an experiment and a model, for `mlflow gc` to take.

    Unless it is given some, it takes every deleted experiment and model that the store has.
    """
    experiment = str(client.create_experiment(f"runner.gc {uuid.uuid4().hex}"))
    model = str(client.create_logged_model(experiment, name="decoy").model_id)
    client.delete_logged_model(model)
    client.delete_experiment(experiment)
    return experiment, model


def _remove_empty(run: Record) -> None:
    """Remove the folder that `mlflow gc` leaves of a run, above that of its artifacts."""
    files = files_of(run)
    if files and files.parent.name == run.id:
        with suppress(OSError):
            files.parent.rmdir()


def _advice(store: Store, runs: Sequence[Record]) -> str:
    ids = ",".join(each.id for each in runs)
    uri = shlex.quote(without_password(store.uri))
    return (
        "the files are still on the server; there, this deletes them (and with them every "
        "experiment and model that was deleted in MLflow): mlflow gc --backend-store-uri DATABASE "
        f"--tracking-uri {uri} --run-ids {ids}"
    )
