"""Choose the experiment of MLflow that every process uses."""

import os

from runner.errors import Refused
from runner.escaping.terminal import encodable

NAME, ID = "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"
# Those of sweeps and points, and those of nights.
SWEEPS, NIGHTS = "sparsity", "nightly"
_BY_ID = f"{ID}="


def resolve(name: object, default: str = SWEEPS) -> object:
    """Choose the experiment: the setting, MLFLOW_EXPERIMENT_NAME, its id, or the default.

    Of an experiment that the environment names by its id, only the store knows the name: until
    then, it is called as in `MLFLOW_EXPERIMENT_ID=3`.

    Raises:
        Refused: a variable holds what no experiment is called.
    """
    if name is not None and name != "":
        return name
    if known := os.environ.get(NAME):
        if encodable(known) != known:
            raise Refused(f"{NAME}={encodable(known)}: must be a name in UTF-8")
        return known
    if number := os.environ.get(ID):
        if not (number.isascii() and number.isalnum()):
            raise Refused(f"{ID}={encodable(number)}: must be the id of an experiment, as in 3")
        return f"{_BY_ID}{number}"
    return default


def resolve_nights(name: object) -> object:
    """Choose the experiment of nights, which have a default of their own.

    Raises:
        Refused: a variable holds what no experiment is called.
    """
    return resolve(name, NIGHTS)


def id_in(name: str) -> str:
    """Return the id that such a name is made of; empty for a name."""
    return name.removeprefix(_BY_ID) if name.startswith(_BY_ID) else ""
