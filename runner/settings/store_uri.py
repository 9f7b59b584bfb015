"""Choose the address of the MLflow store that every process uses."""

import os
import re
from pathlib import Path

from hydra.utils import to_absolute_path

from runner.errors import Refused
from runner.escaping.terminal import encodable
from runner.settings.address_mask import holds_secret, is_masked, masked
from runner.settings.secret_text import VARIABLE, remember

SQLITE = "sqlite:///"
DEFAULT = f"{SQLITE}mlflow.db"
ACCEPTED = "sqlite:///FILE, http(s)://HOST, or another database that MLflow takes"
# SQLAlchemy takes what follows for options, or another character; then it waits for minutes.
_MISREAD = re.compile(r"\?|%[0-9A-Fa-f]{2}")
_SCHEMES = ("http", "https", "postgresql", "mysql", "mssql", "databricks")


def resolve(uri: object) -> str:
    """Choose the store: the setting, MLFLOW_TRACKING_URI, or MLflow's own default file.

    A relative SQLite path means another database in another folder, so it becomes absolute. A
    setting with three stars in it, as commands and addresses are shown, means the address of
    MLFLOW_TRACKING_URI that is shown so.

    Raises:
        Refused: no store of that kind is supported, or what the stars stand for is not known;
            names where it was given.
    """
    known = os.environ.get(VARIABLE) or ""
    given = str(uri or known or DEFAULT)
    if holds_secret(known) and given == masked(known):
        given = known
    remember(given)
    if given.startswith(SQLITE) and len(given) > len(SQLITE):
        path = to_absolute_path(str(Path(given.removeprefix(SQLITE)).expanduser()))
        if _MISREAD.search(path) or encodable(path) != path:
            accepted = "a path in UTF-8, without ? and escapes such as %41, or another store"
            raise Refused(f"tracking.uri={SQLITE}{encodable(path)}: must be {accepted}")
        return SQLITE + path
    name = "tracking.uri" if uri else VARIABLE
    if is_masked(given):
        raise Refused(
            f"{name}={given}: the stars stand for a secret; set {VARIABLE} to the whole address"
        )
    if given.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0] in _SCHEMES:
        return given
    raise Refused(f"{name}={masked(given)}: must be {ACCEPTED}")
