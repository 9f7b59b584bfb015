"""Connect to an experiment of an MLflow store, and create it where it is missing."""

import functools
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from mlflow.entities import LifecycleStage
from mlflow.utils.uri import is_local_uri

from runner.errors import Refused, is_fault, one_line
from runner.settings.address_mask import masked
from runner.settings.experiment_name import id_in
from runner.settings.secret_text import without_secrets
from runner.settings.store_uri import SQLITE
from runner.tracking import missing_package
from runner.tracking.connection import Connection, StoreFailed, store_lock
from runner.tracking.new_database import advice
from runner.tracking.place_of_files import place_of_files
from runner.tracking.retries import are_set, few_retries
from runner.tracking.wait import UNWELL, Wait

# Seconds in which a server may be unwell before anything begins, and between two questions.
_UNWELL_FOR, _PAUSE = 30.0, 2.0


class Experiment:
    """One experiment of one MLflow store; the first use of it connects."""

    def __init__(self, uri: str, experiment: str) -> None:
        self.uri, self.experiment = uri, experiment

    def connect(self, create: bool = True) -> None:
        """Connect now, and create the database and the experiment where they are missing.

        Raises:
            Refused: the store does not answer, or refuses the experiment, or has none and must
                not create it.
        """
        if not create:
            _require_database(self.uri)
        try:
            self._remember(self._find_patiently(create))
        except Refused:
            raise
        except Exception as error:
            if is_fault(error):
                raise
            # A database may have no driver here, or be no database; each raises its own.
            why = without_secrets(one_line(error))
            help_ = missing_package.advice(error)
            if self._is_file:
                help_ = advice(Path(self.uri.removeprefix(SQLITE)), why)
            shown = masked(self.uri)
            raise Refused(f"tracking.uri={shown}: not usable ({why}){help_}") from None

    def _remember(self, experiment: Any) -> None:
        self._experiment_id, self.experiment = str(experiment.experiment_id), str(experiment.name)
        self._files = str(experiment.artifact_location)
        missing_package.require_for_files(self.experiment, self._files)

    def _find_patiently(self, create: bool) -> Any:
        """Find the experiment, in a while where the server is just started, say.

        Raises:
            Refused: there is none and it must not be created, or it was deleted.
            StoreFailed: the store does not answer.
        """
        # Whoever says how often to try means that.
        wait = Wait(0 if are_set() else _UNWELL_FOR, UNWELL, _PAUSE)
        while True:
            try:
                # Two processes that create the same database at once collide (mlflow issue 19299).
                with self.lock(), few_retries():
                    return _found(self._client, self.uri, self.experiment, create)
            except StoreFailed as failure:
                if not wait.is_left(str(failure)):
                    raise

    @property
    def _is_file(self) -> bool:
        return self.uri.startswith(SQLITE)

    def lock(self) -> AbstractContextManager[object]:
        """Keep every other process of this machine from this store inside the block."""
        return store_lock(self.uri)

    @property
    def experiment_id(self) -> str:
        """The experiment's id in the store."""
        if not hasattr(self, "_experiment_id"):
            try:
                self.connect()
            except Refused as refusal:
                raise StoreFailed(str(refusal)) from refusal
        return self._experiment_id

    @property
    def files(self) -> str:
        """Address of the folder that holds the files of new runs."""
        if not hasattr(self, "_files"):
            self.connect()
        return self._files

    @property
    def has_local_files(self) -> bool:
        """Whether that is a folder of this machine."""
        return bool(is_local_uri(self.files))

    @property
    def connection(self) -> Connection:
        """The client itself, for calls that belong to no run."""
        return self._client

    @functools.cached_property
    def _client(self) -> Connection:
        return Connection(self.uri)


def _found(client: Connection, uri: str, name: str, create: bool) -> Any:
    """Return the experiment, which is created if it may be.

    Raises:
        Refused: there is none and it must not be created, or it was deleted.
        StoreFailed: the store does not answer.
    """
    number = id_in(name)
    experiment = _of_id(client, number) if number else client.get_experiment_by_name(name)
    if experiment is None and create and not number:
        return client.get_experiment(_created(client, uri, name))
    if experiment is None:
        known = ", ".join(other.name for other in client.search_experiments())
        setting = name if number else f"experiment={name}"
        raise Refused(f"{setting}: must be an experiment of the store: {known}")
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise Refused(
            f"tracking.experiment={experiment.name}: was deleted; choose another name, or "
            f"restore it: mlflow experiments restore --experiment-id {experiment.experiment_id}"
        )
    return experiment


def _of_id(client: Connection, number: str) -> Any:
    """Return the experiment of this id; None where there is none."""
    try:
        return client.get_experiment(number)
    except StoreFailed as failure:
        if failure.code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def _created(client: Connection, uri: str, name: str) -> str:
    """Create the experiment, unless another machine, or a request whose answer was lost, has."""
    try:
        return str(client.create_experiment(name, place_of_files(uri, name)))
    except StoreFailed as failure:
        there = client.get_experiment_by_name(name)
        if failure.code != "RESOURCE_ALREADY_EXISTS" or there is None:
            raise
        return str(there.experiment_id)


def _require_database(uri: str) -> None:
    """Refuse a database file that is not there: to connect would create an empty one.

    Raises:
        Refused: there is no such file.
    """
    if uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).is_file():
        raise Refused(
            f"tracking-uri={uri}: must be a store that sweeps were logged to; there is no such file"
        )
