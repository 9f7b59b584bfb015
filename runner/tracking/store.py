"""A tracking URI and an experiment go in; runs are opened there, and found again as records."""

import getpass
import logging
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import quote

import mlflow
from filelock import FileLock
from hydra.core.utils import env_override
from mlflow.entities import LifecycleStage
from mlflow.entities import Run as Entity
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner import git
from runner.refusal import Refused, one_line
from runner.store_address import SQLITE, without_password
from runner.targets import Target
from runner.tracking.record import Kind, Record, record_of
from runner.tracking.run import Run

# Creating its tables is no news to someone who waits for a sweep.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.ERROR)

_PARENT = "mlflow.parentRunId"


class Store:
    """One experiment of one MLflow store."""

    def __init__(self, uri: str, experiment: str) -> None:
        """Connect, and make the database and the experiment where they are not there yet.

        Raises:
            Refused: the store does not answer, or refuses the experiment.
        """
        self.uri = uri
        try:
            # Two processes that make the same database at once collide (mlflow issue 19299).
            with _lock(uri), env_override(_impatience()):
                self._client = mlflow.MlflowClient(uri)
                self.experiment_id = self._experiment(experiment)
        except Refused:
            raise
        except Exception as error:
            # A database may have no driver here, or be no database; each raises its own.
            shown = without_password(uri)
            raise Refused(f"tracking.uri={shown}: not usable ({one_line(error)})") from None

    def open_run(
        self,
        kind: Kind,
        name: str,
        params: Mapping[str, str],
        tags: Mapping[str, str],
        parent: str | None = None,
    ) -> Run:
        """Create a run; `parent` is the id of the run that it is shown under."""
        entity = self._client.create_run(
            self.experiment_id,
            tags={
                "runner.kind": str(kind),
                "mlflow.source.name": "runner",
                "mlflow.source.type": "LOCAL",
                "mlflow.user": _user(),
                **git.tags(Path.cwd()),
                **({_PARENT: parent} if parent else {}),
                **tags,
            },
            run_name=name,
        )
        run = Run(self._client, entity.info.run_id)
        try:
            run.log_params(params)
        except BaseException:
            self._client.set_terminated(run.id, "FAILED")
            raise
        return run

    def reopen(self, record: Record) -> Run:
        """Return a run that is there already, to add to it."""
        return Run(self._client, record.id)

    def points(self, sweep_run_id: str) -> list[Record]:
        """Return the points of a sweep, in the order in which they were started."""
        return self.find(f"tags.`{_PARENT}` = '{sweep_run_id}'")

    def baseline(self, signature: str) -> Record | None:
        """Return the baseline run of this signature whose h5 file was measured, if there is one."""
        found = self.find(
            f"tags.`runner.kind` = '{Kind.BASELINE}' and tags.`runner.signature` = '{signature}' "
            f"and metrics.`zip_bytes/{Target.H5}` > 0"
        )
        return found[0] if found else None

    def get(self, run_id: str) -> Record:
        """Return one run."""
        return record_of(self._client.get_run(run_id))

    def local_file(self, record: Record, artifact: str) -> str:
        """Name an artifact by its path where it lies on this machine, else by its address."""
        address = f"{record.artifacts}/{artifact}"
        return local_file_uri_to_path(address) if is_local_uri(address) else address

    def find(self, filters: str) -> list[Record]:
        """Return the runs that match a filter in MLflow's syntax, oldest first."""
        found: list[Entity] = []
        token: str | None = None
        while True:
            page = self._client.search_runs(
                [self.experiment_id],
                filters,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            found += page
            token = page.token
            if not token:
                return [record_of(entity) for entity in found]

    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is None:
            return str(self._client.create_experiment(name, _artifacts(self.uri, name)))
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise Refused(
                f"tracking.experiment={name}: was deleted; choose another name, or restore it: "
                f"mlflow experiments restore --experiment-id {found.experiment_id}"
            )
        return str(found.experiment_id)


def _impatience() -> dict[str, str]:
    """Make first contact fail in seconds: MLflow's own seven retries are for a long job."""
    defaults = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
    return {name: os.environ.get(name, value) for name, value in defaults.items()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid())


def _lock(uri: str) -> AbstractContextManager[object]:
    if not uri.startswith(SQLITE):
        return nullcontext()
    database = Path(uri.removeprefix(SQLITE))
    database.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(database.with_name(f".{database.name}.lock"))


def _artifacts(uri: str, experiment: str) -> str | None:
    """Keep files beside the database they belong to; None leaves the place to the server.

    MLflow's own default is a folder in whatever directory the experiment is first used from.
    """
    if not uri.startswith(SQLITE):
        return None
    folder = Path(uri.removeprefix(SQLITE)).parent / "mlruns" / quote(experiment, safe="")
    return folder.as_uri()
