"""A tracking URI and an experiment go in; runs are opened there, and found again as records."""

import functools
import getpass
import os
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

from hydra.core.utils import env_override
from mlflow.entities import LifecycleStage
from mlflow.entities import Run as Entity
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner import git, process
from runner.refusal import Refused
from runner.store_address import SQLITE, without_password
from runner.targets import Target
from runner.tracking.connection import RETRIES, Connection, StoreFailed, lock
from runner.tracking.copy import notes_of
from runner.tracking.notes import Notes
from runner.tracking.record import Kind, Record, record_of
from runner.tracking.run import Opened, Run

_PARENT = "mlflow.parentRunId"
_PROCESS = "runner.process"


class Store:
    """One experiment of one MLflow store; the first use of it connects."""

    def __init__(self, uri: str, experiment: str) -> None:
        self.uri = uri
        self._experiment = experiment

    def connect(self) -> None:
        """Connect now, and make the database and the experiment where they are not there yet.

        Raises:
            Refused: the store does not answer, or refuses the experiment.
        """
        try:
            # Two processes that make the same database at once collide (mlflow issue 19299).
            with self.alone(), env_override(_impatience()):
                self._experiment_id = self._find_experiment()
        except Refused:
            raise
        except Exception as error:
            # A database may have no driver here, or be no database; each raises its own.
            shown = without_password(self.uri)
            raise Refused(f"tracking.uri={shown}: not usable ({error})") from None

    def alone(self) -> AbstractContextManager[object]:
        """Keep every other process of this machine from this store for a while."""
        return lock(self.uri)

    def new_run(
        self,
        kind: Kind,
        name: str,
        params: Mapping[str, str],
        tags: Mapping[str, str],
        parent: str | None = None,
    ) -> Run:
        """Prepare a run, which its first flush opens; `parent` is the id of what it is under."""
        tags = {
            "runner.kind": str(kind),
            _PROCESS: process.myself(),
            "mlflow.source.name": "runner",
            "mlflow.source.type": "LOCAL",
            "mlflow.user": _user(),
            **git.tags(Path.cwd()),
            **({_PARENT: parent} if parent else {}),
            **tags,
        }

        def opened() -> Opened:
            entity = self._client.create_run(self.experiment_id, tags=tags, run_name=name)
            return self._client, str(entity.info.run_id)

        return Run(opened, Notes(params=dict(params)))

    def reopen(self, record: Record) -> Run:
        """Return a run that is there already, to add to it."""
        return Run(lambda: (self._client, record.id))

    def adopt(self, record: Record) -> Run:
        """Go on with a run that another process had begun."""
        self._client.update_run(record.id, status="RUNNING")
        run = self.reopen(record)
        run.tag(_PROCESS, process.myself())
        run.flush()
        return run

    def copy(self, source: Record, name: str, parent: str) -> None:
        """Copy a finished run, its files too, under another parent; a tag says where it is from."""
        kept = ("runner.signature", "runner.fingerprint", "runner.baseline_run_id")
        tags = {key: source.tags[key] for key in kept if key in source.tags}
        tags["runner.reused_from"] = source.id
        run = self.new_run(Kind(source.tags["runner.kind"]), name, {}, tags, parent)
        with tempfile.TemporaryDirectory() as folder, run.closing():
            run.notes = notes_of(self._client, source, Path(folder))

    def delete(self, record: Record) -> None:
        """Delete a run; MLflow keeps it among the deleted ones, and can restore it."""
        self._client.delete_run(record.id)

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

    def dead(self) -> list[Record]:
        """Return the runs that are marked as running, though their process has ended."""
        running = self.find("attributes.status = 'RUNNING'")
        return [each for each in running if process.is_gone(each.tags.get(_PROCESS, ""))]

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

    @property
    def experiment_id(self) -> str:
        """The experiment's id in the store."""
        if not hasattr(self, "_experiment_id"):
            try:
                self.connect()
            except Refused as refusal:
                raise StoreFailed(str(refusal)) from refusal
        return self._experiment_id

    @functools.cached_property
    def _client(self) -> Connection:
        return Connection(self.uri)

    def _find_experiment(self) -> str:
        name = self._experiment
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
    """Make first contact fail in seconds: retries are for a long job."""
    defaults = {RETRIES: "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
    return {name: os.environ.get(name, value) for name, value in defaults.items()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid())


def _artifacts(uri: str, experiment: str) -> str | None:
    """Keep files beside the database they belong to; None leaves the place to the server.

    MLflow's own default is a folder in whatever directory the experiment is first used from.
    """
    if not uri.startswith(SQLITE):
        return None
    folder = Path(uri.removeprefix(SQLITE)).parent / "mlruns" / quote(experiment, safe="")
    return folder.as_uri()
