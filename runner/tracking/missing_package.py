"""Say which package is missing where a store needs one that MLflow does not bring along."""

import importlib.util
from collections.abc import Iterator

from runner.errors import Refused

# Of pyproject.toml, by the module that is missing.
_EXTRAS = {"psycopg": "postgres", "boto3": "remote", "google": "remote"}
# On the package index, where the module has another name.
_PACKAGES = {
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
    "psycopg2": "psycopg2-binary",
    "azure": "azure-storage-blob azure-identity",
}
# What MLflow imports for files at such addresses (mlflow/store/artifact/).
_OF_FILES = {
    "s3": "boto3",
    "gs": "google.cloud.storage",
    "wasbs": "azure.storage.blob",
    "abfss": "azure.storage.blob",
}


def advice(error: BaseException) -> str:
    """Say what to install where a missing package has caused an error; empty for other errors."""
    missing = [each.name for each in _causes(error) if isinstance(each, ModuleNotFoundError)]
    return f"; {_install(missing[0])}" if missing and missing[0] else ""


def require_for_files(experiment: str, root: str) -> None:
    """Require what reads and writes an experiment's files.

    Args:
        root: address of the folder of its files.

    Raises:
        Refused: it is not installed.
    """
    scheme = root.partition(":")[0]
    module = _OF_FILES.get(scheme)
    if module and not _is_there(module):
        raise Refused(
            f"tracking.experiment={experiment}: keeps files at {scheme}://, for which Python's "
            f"module {module} is missing; {_install(module)}"
        )


def _install(module: str) -> str:
    top = module.partition(".")[0]
    extra = _EXTRAS.get(top)
    package = f"'pruning-sweep-runner[{extra}]'" if extra else _PACKAGES.get(top, top)
    return f"this installs it: python -m pip install {package}"


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
