"""Give the processes of one user a folder each, in one that they share below another.

An owner keeps a file in its folder locked, by which the others know that it is alive.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# For locks between the processes.
SHARED = "shared"
_OWNER = "owner"
# A folder without an owner's file, which nobody can judge, is removed when it is that old.
_DAY = 24 * 3600
_TRIES = 100


def make(base: Path) -> tuple[Path, int]:
    """Make a folder and lock it, after the folders whose owners are gone were removed.

    Returns:
        The folder, and the number of the open file that locks it.
    """
    with locked_root(base) as root:
        for left in root.iterdir():
            if _is_left(left):
                clear(left)
        folder = Path(tempfile.mkdtemp(prefix="", dir=root))
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _lock(owner)
    return folder, owner


@contextmanager
def locked_root(base: Path) -> Iterator[Path]:
    """Make the folder of this user's folders, and have it alone for the block."""
    root = base / name()
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


def clear(folder: Path) -> None:
    """Remove a folder, its owner's file last: by it the next one knows what is left of it."""
    with suppress(OSError):
        for path in [*folder.iterdir()]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _OWNER:
                path.unlink()
        if {path.name for path in folder.iterdir()} <= {_OWNER}:
            shutil.rmtree(folder)


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


def name() -> str:
    """Return what this user's folder is called."""
    return f"runner-{os.geteuid()}"


def remove_root(base: Path) -> None:
    """Remove the folder of this user's folders where nobody is at work, and no lock is kept."""
    with suppress(OSError), locked_root(base) as root:
        if {path.name for path in root.iterdir()} == {SHARED}:
            (root / SHARED).rmdir()
        root.rmdir()
