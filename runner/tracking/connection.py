"""Connect to an MLflow store, one caller at a time where the store needs it."""

import functools
import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import mlflow
import mlflow.store.db.utils
from filelock import BaseFileLock, FileLock

from runner.errors import RunnerError
from runner.process.environment import overridden
from runner.process.signals import delayed_stop, stopping
from runner.process.temporary import restore_folder, shared_folder
from runner.settings.address_mask import masked
from runner.settings.secret_text import remember
from runner.settings.store_uri import SQLITE
from runner.tracking import retry_after, stop
from runner.tracking.failure_reason import reason
from runner.tracking.new_database import prepare
from runner.tracking.wait import LOCKED, Wait

log = logging.getLogger(__name__)

retry_after.announce()

# Someone who waits for a sweep need not hear that tables are created.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.ERROR)
logging.getLogger("botocore").setLevel(logging.WARNING)
# It writes the traceback of what it raises.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)

# Nor need they see a progress bar for every file, or an address for every run.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

# MLflow tries a database ten times, for two minutes. Whoever calls here knows how long to wait.
mlflow.store.db.utils.MAX_RETRY_COUNT = 2
# Where the first experiment, which MLflow makes unasked, keeps files. It writes the name into a
# statement of SQL as it is (SqlAlchemyStore._create_default_experiment): an address has no quotes.
_ROOT = "_MLFLOW_SERVER_ARTIFACT_ROOT"

# Seconds that a database may be locked by another program: one that copies it, say.
_LOCKED_FOR = 60.0
_FOR_EVER = float("inf")
# They only read one line of the database.
_WITHOUT_LOCK = ("log_artifact", "log_artifacts")
# MLflow gives at most so many entities in one answer.
_PAGE = 1000


class StoreFailed(RunnerError):
    """The store did not answer, or did not take what it was given."""

    @property
    def code(self) -> str:
        """MLflow's own code of the error, as in RESOURCE_DOES_NOT_EXIST; empty for no answer."""
        return str(getattr(self.__cause__, "error_code", ""))


class Absent(StoreFailed):
    """The store kept this process, which was asked to stop, waiting; it is not asked again."""


class Connection:
    """MLflow's client, whose every failure is a StoreFailed."""

    def __init__(self, uri: str) -> None:
        """Connect; a new database gets its tables."""
        remember(uri)
        self._uri = uri
        self._database = uri.startswith(SQLITE)
        self._lock = store_lock(uri) if self._database else None
        self._is_absent = False
        root = os.environ.get(_ROOT) or Path("mlruns").absolute().as_uri()
        with overridden({_ROOT: root}):
            if self._database:
                self._guarded(prepare, "prepare")(Path(uri.removeprefix(SQLITE)), root)
            self._client = self._guarded(mlflow.MlflowClient, "connect")(uri)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._guarded(getattr(self._client, name), name)

    @property
    def database(self) -> Path | None:
        """The file of the database; None where the store is none of SQLite."""
        return Path(self._uri.removeprefix(SQLITE)) if self._database else None

    def guarded(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call that waits and fails as those of MLflow's client do."""
        return self._guarded(call, call.__name__)

    def delete_tag(self, run_id: str, tag: str) -> None:
        """Delete a tag of a run; one that is not there may be gone by a request before this one.

        Raises:
            StoreFailed: the store does not answer.
        """
        try:
            self._guarded(self._client.delete_tag, "delete_tag")(run_id, tag)
        except StoreFailed as failure:
            if failure.code != "RESOURCE_DOES_NOT_EXIST":
                raise

    def delete_artifact(self, run_id: str, path: str) -> None:
        """Delete a file of a run, if it is there; MLflow's client itself has no such call.

        Raises:
            StoreFailed: the store does not answer, or keeps its files.
        """
        repository_of = self._client._tracking_client._get_artifact_repo
        repository = self._guarded(repository_of, "artifact repository")(run_id)
        self._guarded(repository.delete_artifacts, "delete_artifacts")(path)

    def all_pages(self, search: str, **arguments: Any) -> list[Any]:
        """Return everything that a search finds, page by page.

        Raises:
            StoreFailed: the store does not answer.
        """
        entities: list[Any] = []
        token: str | None = None
        while token is None or token:
            page = getattr(self, search)(max_results=_PAGE, page_token=token, **arguments)
            entities += page
            token = page.token or ""
        return entities

    def files_in(self, artifacts: str, folder: str) -> list[Any]:
        """List a folder of a run's artifacts by their address, in one request.

        By a run's id, MLflow first asks for the run, and for models of that name, of which servers
        before MLflow 3 know nothing.

        Raises:
            StoreFailed: the store does not answer.
        """
        list_ = self._guarded(mlflow.artifacts.list_artifacts, "list_artifacts")
        return list(list_(artifact_uri=f"{artifacts}/{folder}", tracking_uri=self._uri))

    def _guarded(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(call)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if self._is_absent:
                raise Absent("the store is not asked again")
            wait = Wait(stop.patience(_LOCKED_FOR) if self._database else 0, LOCKED)
            while True:
                signals = delayed_stop() if self._database else nullcontext()
                try:
                    with self._exclusive(name), signals, stop.brief():
                        restore_folder()
                        return call(*arguments, **named)
                except Exception as error:
                    # Nothing of a call is carried out in a database that another keeps locked.
                    if not wait.is_left(why := reason(error, self._uri)):
                        raise self._failure(error, why) from error

        return guarded

    def _exclusive(self, name: str) -> AbstractContextManager[object]:
        # SQLite gives up on a second writer after five seconds: "database is locked".
        if self._lock is None or name in _WITHOUT_LOCK:
            return nullcontext()
        return self._lock.acquire(timeout=stop.patience(_FOR_EVER))

    def _failure(self, error: Exception, why: str) -> StoreFailed:
        """Return what a failed call ends with; a process that is to stop waits for a store once."""
        if not stopping() or not (stop.is_silence(error) or LOCKED.search(why)):
            return StoreFailed(why)
        if not self._is_absent:
            text = (
                "stopping without the store, which does not answer (%s); the same command goes on"
            )
            log.warning(text, why)
        self._is_absent = True
        return Absent(why)


def store_lock(uri: str) -> BaseFileLock:
    """Return the lock by which a process has a store for itself on this machine.

    The process that holds it may take it again; it ends with that process.
    """
    return FileLock(_lock_file(uri), is_singleton=True)


def _lock_file(uri: str) -> Path:
    if not uri.startswith(SQLITE):
        # Everyone may read the name, and could try passwords on it.
        return shared_folder() / f"{sha256(masked(uri).encode()).hexdigest()[:16]}.lock"
    database = Path(uri.removeprefix(SQLITE))
    database.parent.mkdir(parents=True, exist_ok=True)
    return database.with_name(f".{database.name}.lock")
