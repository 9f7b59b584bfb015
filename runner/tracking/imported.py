"""Import MLflow before anything else does: it asks for the user's home directory only then."""

from hydra.core.utils import env_override

from runner.process.home import stand_in

with env_override(stand_in()):
    import mlflow

__all__ = ["mlflow"]
