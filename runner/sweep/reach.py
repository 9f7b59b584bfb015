"""Refuse a store that other machines cannot reach, where points run on some."""

from urllib.parse import parse_qs

from runner.errors import Refused
from runner.settings.address_mask import masked, parsed
from runner.settings.store_uri import SQLITE

_WHY = "points run on other machines, which do not reach it"
_ADDRESS = (
    "the address of an MLflow server or of a database by a name that all of these machines know "
    "(docs/guide/clusters.md)"
)


def require_address(uri: str) -> None:
    """Require that the address of a store means the same store on every machine.

    Raises:
        Refused: it is a file, or this machine as seen from itself.
    """
    if uri.startswith(SQLITE) or _is_loopback(uri):
        raise Refused(f"tracking.uri={masked(uri)}: {_WHY}; must be {_ADDRESS}")


def require_files(experiment: str, root: str, is_local: bool) -> None:
    """Require that every machine can hand in files.

    Args:
        root: where the experiment keeps them.
        is_local: whether that is a folder of this machine.

    Raises:
        Refused: it is.
    """
    if is_local:
        raise Refused(
            f"tracking.experiment={experiment}: keeps files in {root}: {_WHY}; must be an "
            "experiment whose files an object store keeps, or the server (mlflow server "
            "--serve-artifacts)"
        )


def _is_loopback(uri: str) -> bool:
    """Tell whether an address names no other machine than the one that reads it."""
    parts = parsed(uri)
    if parts is None:
        return False
    # Drivers of databases take it there too; a path is a socket of this machine.
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    names = ("", "localhost", "::1", "0.0.0.0", "::")  # noqa: S104
    return host in names or host.startswith(("127.", "/")) or host.endswith(".localhost")
