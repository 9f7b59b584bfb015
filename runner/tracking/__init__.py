"""Runs, their figures and their files go in; MLflow's store holds them, and gives them back.

The only place that imports MLflow.
"""

from runner.tracking.connection import StoreFailed, impatient
from runner.tracking.notes import Notes
from runner.tracking.record import FINGERPRINT, Kind, Record
from runner.tracking.run import Run
from runner.tracking.store import Store

__all__ = ["FINGERPRINT", "Kind", "Notes", "Record", "Run", "Store", "StoreFailed", "impatient"]


def preload() -> None:
    """Import now what MLflow imports when it first meets a database."""
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
