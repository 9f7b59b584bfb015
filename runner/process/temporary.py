"""Keep what a process and its children write for a while in one folder, and remove it at the end.

It lies in `runner-UID` below the system's folder for temporary files. TensorFlow and Python's
processes leave files there when they are killed, as the workers of a sweep are. What a kill of the
owner itself leaves is removed by the next one.
"""

import fcntl
import multiprocessing
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.errors import Refused

_VARIABLE = "TMPDIR"
# Its owner keeps it locked.
_OWNER = "owner"
_SHARED = "shared"
# A folder without an owner's file, which nobody can judge, is removed when it is that old.
_DAY = 24 * 3600
_TRIES = 100


def system_folder() -> Path:
    """Return the system's folder for temporary files, where all processes of this user meet.

    Raises:
        Refused: there is none that can be written into.
    """
    try:
        here = Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise _refusal(os.environ.get(_VARIABLE), "none of the usual ones can be") from None
    return next((each.parent for each in here.parents if each.name == _name()), here)


def shared_folder() -> Path:
    """Return a folder for locks between this user's processes; it goes a day after its last use.

    Raises:
        Refused: no folder can be written into.
    """
    base = system_folder()
    try:
        with _locked_root(base) as root:
            folder = root / _SHARED
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
    base = system_folder()
    try:
        folder, owner = _make(base)
    except OSError as error:
        raise _refusal(base, error.strerror or str(error)) from None
    before = os.environ.get(_VARIABLE), tempfile.tempdir, _multiprocessing().get("tempdir")
    _use(str(folder), str(folder), str(folder))
    try:
        yield folder
    finally:
        _use(*before)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owner)
        _remove_root(base)


def restore_folder() -> None:
    """Make the folder for temporary files anew where somebody, as a cleaner, has removed it.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(os.environ.get(_VARIABLE, ""))
    if folder.parent.name == _name() and not folder.is_dir():
        with _locked_root(folder.parent.parent):
            folder.mkdir(0o700, exist_ok=True)


def _remove_root(base: Path) -> None:
    """Remove the folder of this user's folders where nobody is at work, and no lock is kept."""
    with suppress(OSError), _locked_root(base) as root:
        if {path.name for path in root.iterdir()} == {_SHARED}:
            (root / _SHARED).rmdir()
        root.rmdir()


def _use(variable: str | None, folder: str | None, sockets: str | None) -> None:
    os.environ.pop(_VARIABLE, None)
    if variable is not None:
        os.environ[_VARIABLE] = variable
    tempfile.tempdir = folder
    # Else it makes one of its own inside: the path of a socket has at most some 100 characters.
    _multiprocessing()["tempdir"] = sockets


def _multiprocessing() -> dict[str, str | None]:
    settings: dict[str, str | None] = vars(multiprocessing.current_process())["_config"]
    return settings


def _make(base: Path) -> tuple[Path, int]:
    """Make a folder and lock it, after the folders whose owners are gone were removed.

    Returns:
        The folder, and the number of the open file that locks it.
    """
    with _locked_root(base) as root:
        for left in root.iterdir():
            if _is_left(left):
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="", dir=root))
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _lock(owner)
    return folder, owner


@contextmanager
def _locked_root(base: Path) -> Iterator[Path]:
    """Make the folder of this user's folders, and have it alone for the block."""
    root = base / _name()
    number = next(filter(None, (_open_locked(root) for _ in range(_TRIES))), None)
    if number is None:
        raise OSError(f"{root} is removed again and again")
    try:
        _require_own(root, os.fstat(number))
        yield root
    finally:
        os.close(number)


def _open_locked(root: Path) -> int | None:
    """Open and lock the folder; None where whoever ended has removed it meanwhile."""
    root.mkdir(0o700, exist_ok=True)
    try:
        number = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    _lock(number, wait=True)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(number), root.lstat()):
            return number
    os.close(number)
    return None


def _lock(number: int, wait: bool = False) -> bool:
    """Lock an open file; where the file system has no locks, nothing is known of owners."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _require_own(root: Path, status: os.stat_result) -> None:
    """Require that nobody else can put files there, or take ours.

    Raises:
        OSError: it belongs to somebody else, or others may write into it.
    """
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o022:
        raise OSError(f"{root} belongs to others, or may be written by them: remove it")


def _is_left(folder: Path) -> bool:
    """Tell whether the owner of a folder has ended."""
    try:
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        with suppress(OSError):
            return folder.is_dir() and time.time() - folder.lstat().st_mtime > _DAY
        return False
    try:
        return _lock(owner)
    finally:
        os.close(owner)


def _name() -> str:
    return f"runner-{os.geteuid()}"


def _refusal(folder: object, reason: str) -> Refused:
    return Refused(f"{_VARIABLE}={folder}: must be a folder to write into ({reason})")
