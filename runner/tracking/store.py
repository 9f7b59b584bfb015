"""A tracking URI and an experiment go in; runs are opened there, and found again as records."""

import functools
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from mlflow.entities import Run as Entity
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner.errors import Refused
from runner.process import liveness
from runner.settings.store_uri import without_password
from runner.settings.targets import Target
from runner.tracking import origin
from runner.tracking.connection import Connection, StoreFailed, impatient, lock
from runner.tracking.copied_run import notes_of
from runner.tracking.experiment import experiment_id, require_database
from runner.tracking.notes import Notes
from runner.tracking.record import FINGERPRINT, Kind, Record, record_of
from runner.tracking.run import Opened, Run

_PARENT = "mlflow.parentRunId"


class Store:
    """One experiment of one MLflow store; the first use of it connects."""

    def __init__(self, uri: str, experiment: str) -> None:
        self.uri, self.experiment = uri, experiment

    def connect(self, make: bool = True) -> None:
        """Connect now, and make the database and the experiment where they are not there yet.

        Raises:
            Refused: the store does not answer, or refuses the experiment, or has none and must
                not make it.
        """
        if not make:
            require_database(self.uri)
        try:
            # Two processes that make the same database at once collide (mlflow issue 19299).
            with self.alone(), impatient():
                found = experiment_id(self._client, self.uri, self.experiment, make)
                self._experiment_id = found
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
            **origin.tags(),
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
        for name, value in origin.tags().items():
            run.tag(name, value)
        run.flush()
        return run

    def copy(self, source: Record, name: str, tags: Mapping[str, str], parent: str) -> None:
        """Copy a finished run, its files too, under another parent; a tag says where it is from.

        Raises:
            StoreFailed: the store does not answer, or a file of the run is gone.
        """
        kept = ("runner.signature", FINGERPRINT, "runner.baseline_run_id", "runner.cpu")
        all_tags = {key: source.tags[key] for key in kept if key in source.tags}
        all_tags |= {**tags, "runner.reused_from": source.id}
        with tempfile.TemporaryDirectory() as folder:
            notes = notes_of(self._client, source, Path(folder))
            run = self.new_run(Kind(source.tags["runner.kind"]), name, {}, all_tags, parent)
            with run.closing():
                run.notes = notes

    def delete(self, record: Record) -> None:
        """Delete a run; MLflow keeps it among the deleted ones, and can restore it."""
        self._client.delete_run(record.id)

    def points(self, sweep_run_id: str, fingerprint: str | None = None) -> list[Record]:
        """Return the points of a sweep, or only those alike, in the order they were started in."""
        alike = f" and tags.`{FINGERPRINT}` = '{fingerprint}'" if fingerprint else ""
        return self.find(f"tags.`{_PARENT}` = '{sweep_run_id}'{alike}")

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

    def experiment_of(self, record: Record) -> str:
        """Name the experiment that a run belongs to, which may be another one."""
        return str(self._client.get_experiment(record.experiment_id).name)

    def dead(self) -> list[Record]:
        """Return the runs that are marked as running, though their process has ended."""
        running = self.find("attributes.status = 'RUNNING'")
        return [each for each in running if liveness.is_gone(each.tags.get(origin.PROCESS, ""))]

    def local_file(self, record: Record, artifact: str) -> str:
        """Name an artifact by its path where it lies on this machine, else by its address."""
        address = f"{record.artifacts}/{artifact}"
        return local_file_uri_to_path(address) if is_local_uri(address) else address

    def fetch(self, record: Record, artifact: str, folder: Path) -> Path:
        """Return an artifact as a file on this machine; from elsewhere it is copied to the folder.

        Raises:
            StoreFailed: the store does not answer, or has no such artifact.
        """
        try:
            return Path(self._client.download_artifacts(record.id, artifact, str(folder)))
        except StoreFailed as failure:
            raise StoreFailed(f"{record.name} (run {record.id}): {failure}") from failure

    def history(self, record: Record, metric: str) -> list[tuple[int, float]]:
        """Return the values that a metric had, by step."""
        values = self._client.get_metric_history(record.id, metric)
        return sorted({each.step: each.value for each in values}.items())

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

    @property
    def connection(self) -> Connection:
        """The client itself, for what belongs to no run."""
        return self._client

    @functools.cached_property
    def _client(self) -> Connection:
        return Connection(self.uri)
