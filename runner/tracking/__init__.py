"""Log runs to MLflow's store and read them back; nothing else of the runner imports MLflow."""

from runner.tracking import imported  # noqa: F401
from runner.tracking.connection import Absent, StoreFailed
from runner.tracking.notes import Notes
from runner.tracking.record import Kind, Record
from runner.tracking.retries import few_retries
from runner.tracking.run import Run
from runner.tracking.store import Store

__all__ = ["Absent", "Kind", "Notes", "Record", "Run", "Store", "StoreFailed", "few_retries"]


def preload() -> None:
    """Import now what MLflow imports when it first meets a database."""
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
