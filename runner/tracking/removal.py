"""Delete runs and their files from the store and the disk."""

import os
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from mlflow.entities import ViewType
from mlflow.utils import chunk_list
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner.process.encoding import UTF8
from runner.process.home import stand_in
from runner.settings.address_mask import masked
from runner.settings.secret_text import without_secrets
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.record import Record, record_of
from runner.tracking.store import Store

# Ids in one command; a command line has room for many more.
_CHUNK = 200
# Where the store is a server, only the server's own machine reaches its database and files.
_SERVERS = ("http", "databricks")


def remove(store: Store, runs: Sequence[Record], deleted: Sequence[Record]) -> str:
    """Delete the runs, and the files of them and of those that were deleted before.

    Returns:
        What must be done on the store's own server to free its disk; empty where nothing must.

    Raises:
        StoreFailed: the store does not answer, or `mlflow gc` failed; what remains of these runs is
            among the deleted ones.
    """
    for run in runs:
        store.delete(run)
    if not can_collect(store):
        return advice(store, runs) if runs else ""
    for some in chunk_list([*runs, *deleted], _CHUNK):
        _collect(store, some)
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
    """Return the folders of these names; links are passed over: they lead to other people's."""
    if not parent.is_dir():
        return []
    paths = [path for path in sorted(parent.iterdir()) if path.name in names]
    return [path for path in paths if path.is_dir() and not path.is_symlink()]


def can_collect(store: Store) -> bool:
    """Tell whether `mlflow gc` can be run from here."""
    return not store.uri.startswith(_SERVERS)


def deleted_runs(store: Store) -> list[Record]:
    """Return the runs of the experiment that were deleted, and can be restored.

    Raises:
        StoreFailed: the store does not answer.
    """
    entities = store.connection.all_pages(
        "search_runs",
        experiment_ids=[store.experiment_id],
        run_view_type=ViewType.DELETED_ONLY,
    )
    return [record_of(entity) for entity in entities]


def files_of(run: Record) -> Path | None:
    """Return the folder of a run's artifacts; None where they are not on this machine."""
    return Path(local_file_uri_to_path(run.artifacts)) if is_local_uri(run.artifacts) else None


def _collect(store: Store, runs: Sequence[Record]) -> None:
    """Run `mlflow gc` for these runs alone."""
    ids = ",".join(run.id for run in runs)
    with store.lock():
        experiment, model = _placeholders(store.connection)
        only = ["--run-ids", ids, "--experiment-ids", experiment, "--logged-model-ids", model]
        # By the environment: a command line shows a password to everyone on this machine.
        done = subprocess.run(
            [sys.executable, "-m", "mlflow", "gc", *only],
            env={**os.environ, **UTF8, **stand_in(), "MLFLOW_TRACKING_URI": store.uri},
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    if done.returncode:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise StoreFailed(without_secrets(f"mlflow gc: {reason}"))
    for run in runs:
        _remove_empty(run)


def _placeholders(client: Connection) -> tuple[str, str]:
    """Create and delete an experiment and a model, for `mlflow gc` to take; returns their ids.

    Unless it is given some, it takes every deleted experiment and model that the store has.
    """
    experiment = str(client.create_experiment(f"runner.gc {uuid.uuid4().hex}"))
    model = str(client.create_logged_model(experiment, name="placeholder").model_id)
    client.delete_logged_model(model)
    client.delete_experiment(experiment)
    return experiment, model


def _remove_empty(run: Record) -> None:
    """Remove the empty folder that `mlflow gc` leaves above a run's artifacts."""
    files = files_of(run)
    if files and files.parent.name == run.id:
        with suppress(OSError):
            files.parent.rmdir()


def advice(store: Store, runs: Sequence[Record]) -> str:
    """Say what frees the disk of the store's own server."""
    ids = ",".join(run.id for run in runs)
    uri = shlex.quote(masked(store.uri))
    return (
        "the files are still on the server; there, this deletes them (and with them every "
        "experiment and model that was deleted in MLflow): mlflow gc --backend-store-uri DATABASE "
        f"--tracking-uri {uri} --run-ids {ids}"
    )
