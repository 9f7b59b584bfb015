"""Pack a folder that the runner wrote to, without names of its machine, and unpack it elsewhere."""

import io
import re
import socket
import sqlite3
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

_FOLDER, _PYTHON, _HOST = b"@FOLDER@", b"@PYTHON@", b"@HOST@"
_DATABASE, _DUMP = "mlflow.db", "mlflow.sql"
# Each page holds a copy of plotly.js, and Hydra's own notes are read by nobody.
_LEFT_OUT = re.compile(r"\.(html|lock)$|(^|/)(multirun|\.hydra)(/|\.yaml$)")
# Where a process ran: its host, the boot, its number, its start (the tag runner.process).
_PROCESS = rb"'%s \S+ (\d+ \d+)'"


def pack(folder: Path, python: str, package: str, archive: Path) -> None:
    """Write the folder into an archive that is the same, byte for byte, for the same files.

    Args:
        python: the path of the interpreter that ran the runner.
        package: the path of the runner's package.
    """
    marks = {str(folder): _FOLDER, python: _PYTHON, package: b"/srv/runner"}
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for name, content in _files(folder):
            portable = _portable(content, marks, name)
            entry = tarfile.TarInfo(name)
            entry.size = len(portable)
            tar.addfile(entry, io.BytesIO(portable))


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive, as if the runner had written it to this folder of this machine."""
    host, python = socket.gethostname().encode(), sys.executable.encode()
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        here = content.replace(_FOLDER, bytes(folder)).replace(_PYTHON, python)
        path.write_bytes(here.replace(_HOST, host))
    dump = folder / _DUMP
    with closing(sqlite3.connect(folder / _DATABASE)) as database:
        database.executescript(dump.read_text())
    dump.unlink()
    return folder


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Go through the files by name; a database becomes the text that makes it."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name == _DATABASE:
            with closing(sqlite3.connect(path)) as database:
                yield _DUMP, "\n".join(database.iterdump()).encode()
        elif not _LEFT_OUT.search(name):
            yield name, path.read_bytes()


def _portable(content: bytes, marks: Mapping[str, bytes], name: str) -> bytes:
    """Put marks in place of what is true of one machine only."""
    host = re.escape(socket.gethostname().encode())
    portable = re.sub(_PROCESS % host, rb"'%s an-earlier-boot \1'" % _HOST, content)
    for text, mark in marks.items():
        portable = portable.replace(text.encode(), mark)
    if portable != content and b"\0" in content:
        raise ValueError(f"{name}: holds a path, and is no text in which it can be replaced")
    return portable
