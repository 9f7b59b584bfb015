"""Import MLflow before anything else does: it asks for the user's home directory only then."""

from runner.process.environment import overridden
from runner.process.home import stand_in

with overridden(stand_in()):
    import mlflow

__all__ = ["mlflow"]
