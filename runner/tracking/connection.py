"""A tracking URI goes in; MLflow's client comes out, one caller at a time where that is needed."""

import functools
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import mlflow
from filelock import BaseFileLock, FileLock
from hydra.core.utils import env_override

from runner.errors import SelfExplaining, one_line
from runner.settings.store_uri import SQLITE

# Creating its tables is no news to someone who waits for a sweep.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.ERROR)

RETRIES = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
# MLflow's own seven are four minutes a call, these one: what cannot be logged is kept on disk.
_FEWER_RETRIES = "5"

# Its bars and addresses are no news to someone who waits for a sweep either.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

# These copy files, and only read one line of the database.
_WITHOUT_LOCK = ("log_artifact", "log_artifacts", "log_figure", "log_text")


class StoreFailed(SelfExplaining):
    """The store did not answer, or did not take what it was given."""

    @property
    def code(self) -> str:
        """MLflow's own code of the error, as in RESOURCE_DOES_NOT_EXIST; empty for no answer."""
        return str(getattr(self.__cause__, "error_code", ""))


class Connection:
    """MLflow's client, whose every failure is a StoreFailed."""

    def __init__(self, uri: str) -> None:
        """Connect; a new database gets its tables."""
        self._database = uri.startswith(SQLITE)
        self._lock = lock(uri) if self._database else nullcontext()
        self._client = self._guarded(mlflow.MlflowClient, "connect")(uri)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._guarded(getattr(self._client, name), name)

    def _guarded(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(call)
        def guarded(*arguments: Any, **named: Any) -> Any:
            patience = {RETRIES: os.environ.get(RETRIES, _FEWER_RETRIES)}
            # SQLite gives up on a second writer after five seconds: "database is locked".
            turn = nullcontext() if name in _WITHOUT_LOCK else self._lock
            whole = _uninterrupted() if self._database else nullcontext()
            try:
                with env_override(patience), turn, whole:
                    return call(*arguments, **named)
            except Exception as error:
                raise StoreFailed(one_line(_root(error))) from error

        return guarded


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a stop wait: a transaction that is left half way locks the database for this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stops = [each for each in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(each)]
    came: list[int] = []
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in stops}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def _root(error: BaseException) -> BaseException:
    """Find what was behind it: MLflow's own text is long, and ends in `connection refused`."""
    while behind := error.__cause__ or error.__context__:
        error = behind
    return error


def impatient() -> AbstractContextManager[None]:
    """Make calls fail within seconds for a while: retries are for a long job that goes on."""
    defaults = {RETRIES: "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
    patience = {name: os.environ.get(name, value) for name, value in defaults.items()}
    return cast(AbstractContextManager[None], env_override(patience))


def lock(uri: str) -> BaseFileLock:
    """Return the lock by which a process has a store for itself on this machine.

    It may be taken again by who holds it; it ends with its holder.
    """
    return FileLock(_lock_file(uri), is_singleton=True)


def _lock_file(uri: str) -> Path:
    if not uri.startswith(SQLITE):
        name = f"runner-{os.getuid()}-{sha256(uri.encode()).hexdigest()[:16]}.lock"
        return Path(tempfile.gettempdir()) / name
    database = Path(uri.removeprefix(SQLITE))
    database.parent.mkdir(parents=True, exist_ok=True)
    return database.with_name(f".{database.name}.lock")
