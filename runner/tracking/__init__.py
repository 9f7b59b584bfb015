"""Runs, their figures and their files go in; MLflow's store holds them, and gives them back.

The only place that imports MLflow.
"""

from runner.tracking.record import Kind, Record
from runner.tracking.run import Run
from runner.tracking.store import Store

__all__ = ["Kind", "Record", "Run", "Store"]
