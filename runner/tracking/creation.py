"""Create a run once, also where the store did so and its answer was lost.

Every creation has a name of its own, by which its run is found again.
"""

import secrets
from collections.abc import Callable, Mapping

from runner.settings.store_uri import SQLITE
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.experiment import Experiment
from runner.tracking.lease import FREE, Free, Hold, Lease
from runner.tracking.tags import ATTEMPT, HOLDER, LEASE, LEASED_BY


class Creation:
    """One run that is to be there once."""

    def __init__(self, experiment: Experiment, name: str, tags: Mapping[str, str]) -> None:
        """Take the run's name and tags."""
        self._experiment, self._name = experiment, name
        self._attempt = secrets.token_hex(8)
        self._tags = {**tags, ATTEMPT: self._attempt}
        self._tried = False
        self._run_id: str | None = None

    def open(self) -> tuple[Connection, str]:
        """Create the run, unless an earlier call has done so without knowing.

        Raises:
            StoreFailed: the store does not answer, or does not take it.
        """
        client = self._experiment.connection
        self._run_id = (self._found() if self._tried else None) or self._created(client)
        return client, self._run_id

    @property
    def hold(self) -> Free:
        """The right to write to the run: its own, or that of whose lease covers it."""
        connect: Callable[[], Connection] = lambda: self._experiment.connection  # noqa: E731
        if LEASE in self._tags:
            return Lease(connect, lambda: self._run_id)
        covering = self._tags.get(LEASED_BY)
        return Hold(connect, lambda: covering, self._tags[HOLDER]) if covering else FREE

    def _created(self, client: Connection) -> str:
        experiment_id = self._experiment.experiment_id
        self._tried = True
        try:
            entity = client.create_run(experiment_id, tags=self._tags, run_name=self._name)
        except StoreFailed:
            found = self._found()
            if found is None:
                raise
            return found
        # MLflow sends a request again when its answer is lost on the way.
        sent_once = self._experiment.uri.startswith(SQLITE)
        return str(entity.info.run_id) if sent_once else self._found() or str(entity.info.run_id)

    def _found(self) -> str | None:
        """Return the first of the runs that this creation made, and delete the others."""
        client = self._experiment.connection
        made = client.all_pages(
            "search_runs",
            experiment_ids=[self._experiment.experiment_id],
            filter_string=f"tags.`{ATTEMPT}` = '{self._attempt}'",
        )
        run_ids = sorted(str(run.info.run_id) for run in made)
        for run_id in run_ids[1:]:
            client.delete_run(run_id)
        return run_ids[0] if run_ids else None
