"""Choose where the files of a new experiment lie."""

from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from runner.settings.store_uri import SQLITE

# Of a file, in bytes, on Linux.
_LONGEST_NAME = 255


def place_of_files(uri: str, experiment: str) -> str | None:
    """Keep files beside the database they belong to; None leaves the place to the server.

    MLflow's own default is a folder in whatever directory the experiment is first used from.
    """
    if not uri.startswith(SQLITE):
        return None
    folder = Path(uri.removeprefix(SQLITE)).parent / "mlruns" / _folder_name(experiment)
    return folder.as_uri()


def _folder_name(experiment: str) -> str:
    """Name a folder of one experiment alone, which lies where it is put."""
    name = quote(experiment, safe="")
    if not name.strip("."):
        return name.replace(".", "%2E")
    if len(name) <= _LONGEST_NAME:
        return name
    digest = sha256(experiment.encode(errors="replace")).hexdigest()
    return f"{name[: _LONGEST_NAME - 9]}-{digest[:8]}"
