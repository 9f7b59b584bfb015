"""Refuse settings that lead to where nothing can be written, all of them in one line."""

import os
from collections.abc import Mapping
from pathlib import Path

from runner.errors import Refused
from runner.settings.store_uri import SQLITE


def require_writable(folders: Mapping[str, Path], uri: str) -> None:
    """Require that files can be made in these folders, and in that of a store that is a file.

    A folder need not be there yet.

    Args:
        folders: by the setting that leads there.
        uri: of the store.

    Raises:
        Refused: somewhere nothing can be written; names each setting that leads there.
    """
    places = {f"{name}={folder}": folder for name, folder in folders.items()}
    if uri.startswith(SQLITE):
        places[f"tracking.uri={uri}"] = Path(uri.removeprefix(SQLITE)).parent
    reasons = {name: _why_not(folder.absolute()) for name, folder in places.items()}
    closed = {name: reason for name, reason in reasons.items() if reason}
    if closed:
        why = ", ".join(dict.fromkeys(closed.values()))
        one = len(closed) == 1 and not next(iter(closed)).startswith("tracking.uri=")
        accepted = "be a folder to write into" if one else "lead to where files can be written"
        raise Refused(f"{', '.join(closed)}: must {accepted} ({why})")


def _why_not(folder: Path) -> str:
    """Say why nothing can be written into a folder, or into what is there of its path."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if os.access(there, os.W_OK | os.X_OK):
        return ""
    readonly = os.statvfs(there).f_flag & os.ST_RDONLY
    return "read-only file system" if readonly else "no permission to write"
