"""Tell which version of MLflow shows a store's pages."""

import mlflow
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from runner.tracking.connection import StoreFailed
from runner.tracking.experiment import Experiment

# The version whose front end the private format of saved views was tested with.
TESTED = "3.17"
_PATH = "/version"
_FOUND = 200


def version(store: Experiment) -> str:
    """Return the version of the store's server, or of the MLflow that shows a database from here.

    Raises:
        StoreFailed: the server does not answer, or does not say.
    """
    if not store.uri.startswith("http"):
        return str(mlflow.__version__)
    return str(store.connection.guarded(_asked)(store.uri))


def takes_views(version_: str) -> bool:
    """Tell whether saved views were tested with a version."""
    return version_.split(".")[:2] == TESTED.split(".")


def _asked(uri: str) -> str:
    answer = http_request(get_default_host_creds(uri), _PATH, "GET", raise_on_status=False)
    if answer.status_code != _FOUND:
        raise StoreFailed(f"{_PATH}: answers {answer.status_code}")
    return str(answer.text).strip()
