"""Log figures, texts and files to an MLflow run, and close it with a status."""

import functools
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.data.dataset import Dataset
from runner.errors import one_line
from runner.escaping.terminal import encodable
from runner.process.log_mask import masked_traceback
from runner.process.signals import as_exit, stop_words
from runner.settings.secret_text import without_secrets
from runner.tracking.connection import Absent, Connection, StoreFailed
from runner.tracking.images import data_set
from runner.tracking.lease import FREE, Free, TakenOver
from runner.tracking.notes import Notes
from runner.tracking.retries import few_retries
from runner.tracking.tags import ERROR, SETTINGS

log = logging.getLogger(__name__)

# Characters that a tag takes.
_LONGEST = 1000
# Among the artifacts of a run that failed.
ERROR_FILE = "error.txt"
# A client, and the id of the run to write to.
OpenRun = tuple[Connection, str]


class Run:
    """A run that is open for writing; what is logged is sent by flush, and at the end."""

    def __init__(
        self, open_: Callable[[], OpenRun], notes: Notes | None = None, hold: Free = FREE
    ) -> None:
        """Take what opens the run, once, at the first sending; without the hold nothing is sent."""
        # A call that failed is not cached: the next flush tries again.
        self._open = functools.cache(open_)
        self._sent, self.notes, self._hold = Notes(), notes or Notes(), hold

    @property
    def id(self) -> str:
        """The run's id in the store; asking for it opens the run."""
        return self._open()[1]

    @property
    def everything(self) -> Notes:
        """All that was logged, sent or not."""
        return self._sent.plus(self.notes)

    def log_metrics(self, values: Mapping[str, float]) -> None:
        """Log figures that a run has once."""
        self.notes.add_metrics(values)

    def log_history(self, history: Mapping[str, Sequence[float]]) -> None:
        """Log one value an epoch for each name, counted from 1."""
        self.notes.add_history(history)

    def log_file(self, path: Path, folder: str | None = None) -> None:
        """Copy a file to the run's artifacts."""
        self.notes.files.append((str(path.absolute()), folder))

    def log_text(self, text: str, name: str) -> None:
        """Write a text as an artifact of that name; what no file can hold is escaped."""
        self.notes.texts[name] = encodable(text)

    def log_error(self, error: BaseException) -> None:
        """Write the traceback of an error as an artifact."""
        self.log_text(masked_traceback(error), ERROR_FILE)

    def log_inputs(self, data: Dataset, settings: str) -> None:
        """Log what the run is made from: the data, with its digest, and the settings as YAML."""
        self.log_text(settings, SETTINGS)
        self.notes.inputs.append(data_set(data))

    def tag(self, name: str, value: str) -> None:
        """Set a tag; what no database can hold is escaped."""
        self.notes.tags[name] = encodable(value)

    def untag(self, *names: str) -> None:
        """Delete tags now; a tag that the run does not have is passed over.

        Raises:
            StoreFailed: the store does not answer.
        """
        client, run_id = self._open()
        for name in set(names) & client.get_run(run_id).data.tags.keys():
            client.delete_tag(run_id, name)

    def flush(self) -> None:
        """Send everything that was logged so far.

        Raises:
            StoreFailed: the store does not take it; the next flush sends it again.
            TakenOver: the run, or its sweep, is another process's by now.
        """
        self._hold.require()
        self.notes.send(*self._open())
        self._sent, self.notes = self.everything, Notes()

    def require_hold(self) -> None:
        """Require that the run is still this process's, unless the store does not answer.

        Raises:
            TakenOver: it, or its sweep, is another process's by now.
        """
        self._hold.require_as_far_as_known()

    def end(self, status: str, error: str = "") -> None:
        """Send what was not sent yet and close the run: FINISHED, FAILED or KILLED, and why.

        Raises:
            StoreFailed: the store does not take it.
        """
        if error:
            self.tag(ERROR, without_secrets(error)[:_LONGEST])
        try:
            self.flush()
        except StoreFailed:
            if error:
                self._close(status, error)
            raise
        client, run_id = self._open()
        client.set_terminated(run_id, status)
        if not error:
            self._forget_error()
        self._hold.release()

    def _forget_error(self) -> None:
        """Delete why the run failed before."""
        client, run_id = self._open()
        if ERROR not in client.get_run(run_id).data.tags:
            return
        with suppress(StoreFailed), few_retries():
            client.delete_artifact(run_id, ERROR_FILE)
        client.delete_tag(run_id, ERROR)

    def _close(self, status: str, error: str) -> None:
        """Close the run with nothing but the reason: files may be what the store does not take."""
        client, run_id = self._open()
        client.set_tag(run_id, ERROR, encodable(without_secrets(error)[:_LONGEST]))
        client.set_terminated(run_id, status)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the run by how the block ends: FINISHED, FAILED or KILLED; renew its lease.

        Raises:
            StoreFailed: the block went well, and the store does not take what it logged.
            TakenOver: another process went on with it meanwhile; it is left as it is.
        """
        with self._hold.renewed(), self._closed():
            yield

    @contextmanager
    def _closed(self) -> Iterator[None]:
        try:
            yield
        except BaseException as raised:
            if isinstance(raised, TakenOver):
                raise
            # Who has lost a run is asked to stop, and stops by another exception.
            self.require_hold()
            error = as_exit(raised)
            if isinstance(error, Exception):
                self.log_error(error)
                self._or_warn(lambda: self.end("FAILED", one_line(error)))
            else:
                self._or_warn(lambda: self.end("KILLED", stop_words(error)))
            if error is raised:
                raise
            raise error from raised
        try:
            self.end("FINISHED")
        except StoreFailed as failure:
            # What is half there does not count; nor must it look as if somebody worked on it.
            reason = one_line(failure)
            self._or_warn(lambda: self._close("FAILED", reason))
            raise

    def _or_warn(self, close: Callable[[], None]) -> None:
        """Close without hiding what ends the block; that the store is absent was said before."""
        try:
            with suppress(Absent), few_retries():
                close()
        except (StoreFailed, OSError) as failure:
            log.warning("a run could not be closed in the store: %s", failure)
