"""Make what lies in folders beside files, and never ends or never answers when it is read."""

import os
import socket
from pathlib import Path

# What each kind is called in a refusal.
SPECIAL = {
    "pipe": "a pipe",
    "link to a pipe": "a pipe",
    "link to zeros": "a device",
    "socket": "a socket",
}


def make_special(kind: str, path: Path) -> Path:
    """Make a file of a kind at a path, in a folder that is there."""
    if kind == "link to zeros":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        _listen(path)
    else:
        pipe = path if kind == "pipe" else path.with_name(f"{path.name}.pipe")
        os.mkfifo(pipe)
        if pipe != path:
            path.symlink_to(pipe)
    return path


def _listen(path: Path) -> None:
    """Leave a socket behind; the paths of sockets must be short, so it is made from its folder."""
    folder = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(path.name)
    finally:
        os.chdir(folder)
