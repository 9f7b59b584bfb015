"""Open runs in an experiment of an MLflow store, and find them again as records."""

import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from runner.escaping.terminal import encodable
from runner.settings.targets import Target
from runner.tracking import origin
from runner.tracking.connection import StoreFailed
from runner.tracking.copied_run import read_notes
from runner.tracking.creation import Creation
from runner.tracking.experiment import Experiment
from runner.tracking.lengths import FIRST_TAG, NAME, cut
from runner.tracking.notes import Notes
from runner.tracking.record import Kind, Record, record_of
from runner.tracking.run import Run
from runner.tracking.run_search import find_runs
from runner.tracking.tags import (
    BASELINE_RUN_ID,
    CPU,
    FINGERPRINT,
    KEY,
    KIND,
    MEASURING,
    PARENT,
    PROCESSOR,
    REUSED_FROM,
    SIGNATURE,
)
from runner.tracking.temporary_folder import temporary_folder

log = logging.getLogger(__name__)

# What a copy of a run has of the tags of the run that it is copied from.
_COPIED_TAGS = (SIGNATURE, FINGERPRINT, BASELINE_RUN_ID, CPU, PROCESSOR)


class Store(Experiment):
    """The runs of one experiment of an MLflow store."""

    def new_run(
        self,
        kind: Kind,
        name: str,
        params: Mapping[str, str],
        tags: Mapping[str, str],
        parent: str | None = None,
    ) -> Run:
        """Prepare a run, which its first flush opens; `parent` is the id of the run above it.

        One that gets a lease has it renewed while it is being closed by a block.
        """
        identity = tags.get(FINGERPRINT) or tags.get(SIGNATURE, "")
        tags = {
            KIND: str(kind),
            **origin.origin_tags(),
            **({PARENT: parent} if parent else {}),
            KEY: f"{parent or '-'}/{identity}",
            **tags,
        }
        given = {tag: cut(encodable(value), FIRST_TAG) for tag, value in tags.items()}
        creation = Creation(self, cut(encodable(name), NAME), given)
        notes = Notes(params={key: encodable(params[key]) for key in params})
        return Run(creation.open, notes, creation.hold)

    def reopen(self, record: Record) -> Run:
        """Return a run of the store, to add to it."""
        return Run(lambda: (self._client, record.id))

    def copy(self, source: Record, name: str, tags: Mapping[str, str], parent: str) -> None:
        """Copy a finished run, its files too, under another parent; a tag names the source.

        Raises:
            StoreFailed: the store does not answer, or a file of the run is gone.
        """
        all_tags = {tag: source.tags[tag] for tag in _COPIED_TAGS if tag in source.tags}
        all_tags |= {**tags, REUSED_FROM: source.id}
        with temporary_folder() as folder:
            notes = read_notes(self._client, source, folder)
            run = self.new_run(Kind(source.tags[KIND]), name, {}, all_tags, parent)
            with run.closing():
                run.notes = notes

    def delete(self, record: Record) -> None:
        """Delete a run; MLflow keeps it among the deleted ones, and can restore it."""
        self._client.delete_run(record.id)

    def children(self, run_id: str, fingerprint: str | None = None) -> list[Record]:
        """Return the runs under a run, oldest first, or only those of this fingerprint.

        Those that another process went on without are left out.

        Raises:
            StoreFailed: the store does not answer.
        """
        same = {FINGERPRINT: fingerprint} if fingerprint else {}
        return _counted(self.find(_filter({PARENT: run_id, **same})))

    def of_kind(self, kind: Kind, tags: Mapping[str, str] | None = None) -> list[Record]:
        """Return the runs of one kind that have these tags, oldest first.

        Those that another process went on without are left out.

        Raises:
            StoreFailed: the store does not answer.
        """
        return _counted(self.find(_filter({KIND: kind, **(tags or {})})))

    def baseline(self, signature: str, measuring: str) -> Record | None:
        """Return the whole baseline run of this signature whose h5 file was measured, if any.

        Of several, which machines without a common disk have made at once, it is the one of the
        lowest id, for all of them.

        Args:
            measuring: identifies the code that its figures must come from.

        Raises:
            StoreFailed: the store does not answer.
        """
        baselines = self.of_kind(Kind.BASELINE, {SIGNATURE: signature, MEASURING: measuring})
        whole = [each for each in baselines if each.is_whole and each.has_file(Target.H5)]
        return min(whole, key=lambda record: record.id, default=None)

    def get(self, run_id: str) -> Record:
        """Return one run.

        Raises:
            StoreFailed: the store does not answer, or has no such run.
        """
        return record_of(self._client.get_run(run_id))

    def experiment_of(self, record: Record) -> str:
        """Name the experiment that a run belongs to, which may be another one."""
        return str(self._client.get_experiment(record.experiment_id).name)

    def close_dead(self) -> None:
        """Close as KILLED the runs whose process has ended without closing them.

        Raises:
            StoreFailed: the store does not answer.
        """
        for record in self.find("attributes.status = 'RUNNING'"):
            # Another process may have gone on with it since all were read.
            if record.is_dead and self.get(record.id).is_dead:
                log.info("found dead: %s %s", record.kind or "run", record.name)
                self.reopen(record).end("KILLED", "found dead: its process had ended")

    def local_file(self, record: Record, artifact: str) -> str:
        """Return the path of an artifact that lies on this machine, else its address."""
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

    def copy_artifact(self, record: Record, artifact: str, output: Path) -> None:
        """Copy an artifact to a path, at which it is complete once it is there.

        Raises:
            StoreFailed: the store does not answer, or has no such artifact.
            OSError: the path cannot be written.
        """
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".") as folder:
            copy = Path(folder) / "copy"
            shutil.copyfile(self.fetch(record, artifact, Path(folder)), copy)
            copy.replace(output)

    def history(self, record: Record, metric: str) -> list[tuple[int, float]]:
        """Return the values that a metric had, by step."""
        values = self._client.get_metric_history(record.id, metric)
        return sorted({value.step: value.value for value in values}.items())

    def find(self, filters: str) -> list[Record]:
        """Return the runs that match a filter in MLflow's syntax, oldest first."""
        return find_runs(self._client, self.experiment_id, filters)


def _counted(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if not record.superseded]


def _filter(tags: Mapping[str, str]) -> str:
    return " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
