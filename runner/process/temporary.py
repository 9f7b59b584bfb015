"""Keep what a process and its children write for a while in one folder, and remove it at the end.

It lies in `runner-UID` below the system's folder for temporary files. TensorFlow and Python's
processes leave files there when they are killed, as the workers of a sweep are. What a kill of the
owner itself leaves is removed by the next one.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.errors import Refused
from runner.process.user_folder import SHARED, clear, locked_root, make, name, remove_root

_VARIABLE = "TMPDIR"
# The path of a socket has at most 103 characters on macOS, of which its own name takes 18.
_LONGEST, _SHORT = 85, Path("/tmp")  # noqa: S108


def system_folder() -> Path:
    """Return the system's folder for temporary files, where all processes of this user meet.

    Raises:
        Refused: there is none that can be written into.
    """
    try:
        here = Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise _refusal(os.environ.get(_VARIABLE), "none of the usual ones can be") from None
    return next((each.parent for each in here.parents if each.name == name()), here)


def shared_folder() -> Path:
    """Return a folder for locks between this user's processes; it goes a day after its last use.

    Raises:
        Refused: no folder can be written into.
    """
    base = system_folder()
    try:
        with locked_root(base) as root:
            folder = root / SHARED
            folder.mkdir(0o700, exist_ok=True)
            os.utime(folder)
    except OSError as error:
        raise _refusal(base, error.strerror or str(error)) from None
    return folder


@contextmanager
def own_folder() -> Iterator[Path]:
    """Make a folder for the block, and let it be the one for temporary files, children's too.

    Raises:
        Refused: no folder can be written into.
    """
    with _made(system_folder()) as folder, _for_sockets(folder) as sockets:
        before = os.environ.get(_VARIABLE), tempfile.tempdir, _multiprocessing().get("tempdir")
        _use(str(folder), str(folder), str(sockets))
        try:
            yield folder
        finally:
            _use(*before)


def restore_folder() -> None:
    """Make the folder for temporary files anew where somebody, as a cleaner, has removed it.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(os.environ.get(_VARIABLE, ""))
    if folder.parent.name == name() and not folder.is_dir():
        with locked_root(folder.parent.parent):
            folder.mkdir(0o700, exist_ok=True)


@contextmanager
def _made(base: Path) -> Iterator[Path]:
    """Make a folder for the block, and remove it at its end."""
    try:
        folder, owner = make(base)
    except OSError as error:
        raise _refusal(base, error.strerror or str(error)) from None
    try:
        yield folder
    finally:
        # First, for there may be no other file handle left.
        os.close(owner)
        clear(folder)
        remove_root(base)


def _use(variable: str | None, folder: str | None, sockets: str | None) -> None:
    os.environ.pop(_VARIABLE, None)
    if variable is not None:
        os.environ[_VARIABLE] = variable
    tempfile.tempdir = folder
    # Else it makes one of its own inside.
    _multiprocessing()["tempdir"] = sockets


def _multiprocessing() -> dict[str, str | None]:
    settings: dict[str, str | None] = vars(multiprocessing.current_process())["_config"]
    return settings


@contextmanager
def _for_sockets(folder: Path) -> Iterator[Path]:
    """Give the folder itself where the paths of sockets in it are short enough, else another."""
    if len(str(folder)) <= _LONGEST:
        yield folder
        return
    with _made(_SHORT) as other:
        yield other


def _refusal(folder: object, reason: str) -> Refused:
    return Refused(f"{_VARIABLE}={folder}: must be a folder to write into ({reason})")
