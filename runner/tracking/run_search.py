"""Find runs: in the database itself where it lies on this machine, else by MLflow's search."""

from runner.tracking.connection import Connection
from runner.tracking.database_search import search
from runner.tracking.record import Record, record_of


def find_runs(client: Connection, experiment_id: str, filters: str) -> list[Record]:
    """Return the runs of an experiment that match a filter in MLflow's syntax, oldest first.

    Raises:
        StoreFailed: the store does not answer.
    """
    found: list[Record] | None = None
    if client.database is not None:
        found = client.guarded(search)(client.database, experiment_id, filters)
    return _by_mlflow(client, experiment_id, filters) if found is None else found


def _by_mlflow(client: Connection, experiment_id: str, filters: str) -> list[Record]:
    entities = client.all_pages(
        "search_runs",
        experiment_ids=[experiment_id],
        filter_string=filters,
        order_by=["attributes.start_time ASC"],
    )
    return [record_of(entity) for entity in entities]
