"""Keep the files of a cache where no other user can put or change them.

What lies in a cache is taken for the runner's own work. So its folders are made for their user
alone, and what belongs to somebody else, or what others may write, is refused.
"""

import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from runner.errors import Refused

_FOLDER, _FILE = 0o700, 0o600


def make(root: Path, *names: str) -> Path:
    """Make a folder below the root of a cache, and the root itself, for this user alone.

    Raises:
        Refused: a folder on the way there is not this user's alone, or cannot be made.
    """
    folder = root
    try:
        # What lies above the cache is nobody's secret.
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(_FOLDER, exist_ok=True)
        for name in names:
            folder /= name
            folder.mkdir(_FOLDER, exist_ok=True)
    except OSError as error:
        raise _unwritable(root, error) from None
    require(root, folder)
    return folder


def require(root: Path, path: Path) -> None:
    """Require that a file or folder of a cache, and all folders above it there, are its user's.

    What is not there is fine. The root may be a link; below it there must be none.

    Raises:
        Refused: one belongs to another user, may be written by others, or is a link.
    """
    for each in _below(root, path):
        try:
            status = each.stat() if each == root else each.lstat()
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unwritable(root, error) from None
        _require_own(root, each, status)


def open_own(root: Path, path: Path) -> BufferedReader:
    """Open a file of a cache for reading, after a look at the very file that is opened.

    Raises:
        Refused: it is not this user's alone, or no regular file.
        OSError: it cannot be read.
    """
    require(root, path)
    # A pipe would keep the opening waiting.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    try:
        _require_own(root, path, os.fstat(descriptor))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused(f"cache.folder={root}: {_inside(root, path)} is no regular file")
    except BaseException:
        file.close()
        raise
    return file


def close_to_others(path: Path) -> None:
    """Let nobody else read or write a file that was made for a cache, or a folder and its files."""
    inside = path.rglob("*") if path.is_dir() else ()
    for each in (path, *inside):
        each.chmod(_FOLDER if each.is_dir() else _FILE)


def _below(root: Path, path: Path) -> Iterator[Path]:
    """List the root, and what lies on the way from it to the path."""
    yield root
    each = root
    for part in path.relative_to(root).parts:
        each /= part
        yield each


def _require_own(root: Path, path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    where = f"cache.folder={root}: {_inside(root, path)}"
    if status.st_uid != os.geteuid():
        raise Refused(
            f"{where} belongs to {_user(status.st_uid)}, not to {_user(os.geteuid())}, who runs "
            "this; files of a cache are taken for one's own: name another folder"
        )
    if stat.S_ISLNK(mode):
        raise Refused(f"{where} is a link; nothing in a cache may be one: remove it")
    others = mode & stat.S_IWOTH or (mode & stat.S_IWGRP and not _is_own_group(status.st_gid))
    if others:
        raise Refused(
            f"{where} can be written by others (mode {stat.S_IMODE(mode):04o}); where the file "
            "system has no modes, name another folder; else this mends it: "
            f"chmod -R go-w {shlex.quote(str(root))}"
        )


def _inside(root: Path, path: Path) -> str:
    return "it" if path == root else path.relative_to(root).as_posix()


def _is_own_group(group: int) -> bool:
    """Tell whether a group is a user's private one, as most systems make one for each user."""
    try:
        user, own = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return (
        user.pw_gid == group
        and own.gr_name == user.pw_name
        and set(own.gr_mem) <= {user.pw_name}
        and not any(other.pw_gid == group and other != user for other in pwd.getpwall())
    )


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _unwritable(root: Path, error: OSError) -> Refused:
    reason = error.strerror or error
    return Refused(f"cache.folder={root}: must be a folder to write into ({reason})")
