"""Choose the address of the MLflow store that every process uses."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from hydra.utils import to_absolute_path

from runner.errors import Refused

SQLITE = "sqlite:///"
ACCEPTED = "sqlite:///FILE, http(s)://HOST, or another database that MLflow takes"
_SCHEMES = ("http", "https", "postgresql", "mysql", "mssql", "databricks")


def resolve(uri: object) -> str:
    """Choose the store: the setting, MLFLOW_TRACKING_URI, or MLflow's own default file.

    A relative SQLite path means another database in another folder, so it becomes absolute.

    Raises:
        Refused: no store of that kind is supported; names where it was given.
    """
    given = str(uri or os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}mlflow.db")
    if given.startswith(SQLITE) and len(given) > len(SQLITE):
        path = given.removeprefix(SQLITE)
        return SQLITE + to_absolute_path(str(Path(path).expanduser()))
    if given.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0] in _SCHEMES:
        return given
    name = "tracking.uri" if uri else "MLFLOW_TRACKING_URI"
    raise Refused(f"{name}={given}: must be {ACCEPTED}")


def without_password(uri: str) -> str:
    """Return the URI with its password, if any, replaced by three stars."""
    parts = urlsplit(uri)
    if parts.password is None:
        return uri
    netloc = parts.netloc.replace(f":{parts.password}@", ":***@")
    return urlunsplit(parts._replace(netloc=netloc))
