"""Say how often a request to a server is tried again."""

import os
from contextlib import AbstractContextManager
from typing import cast

from runner.process.environment import overridden

_NAME = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
# MLflow's own seven are four minutes a call, these one: what cannot be logged is kept on disk.
_FEWER = "5"

# Here, and not around each call, for the thread of a lease calls at any moment: TensorFlow's
# threads may read the environment meanwhile, and no name of it may come or go while they do.
os.environ.setdefault(_NAME, _FEWER)


def are_set() -> bool:
    """Tell whether somebody has said how often, and not just the number of here."""
    return os.environ.get(_NAME, _FEWER) != _FEWER


def few_retries() -> AbstractContextManager[None]:
    """Make calls fail within seconds inside the block: retries are for a long job that goes on.

    A server may ask to be left alone for hours (Retry-After): here, that is no answer either.
    """
    defaults = {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
    }
    variables = {name: os.environ.get(name, value) for name, value in defaults.items()}
    variables[_NAME] = os.environ[_NAME] if are_set() else "1"
    return cast(AbstractContextManager[None], overridden(variables))
