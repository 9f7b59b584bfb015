"""Keep a finished point that no store took, for a later run of the same point.

It lies in the cache, in a folder for each fingerprint and store, which holds the notes and a copy
of each file. The cache is not trusted: what contradicts itself there is not logged.
"""

import hashlib
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from runner.errors import RunnerError, one_line
from runner.export.tflm.makeable import makeable
from runner.files import private_folder
from runner.point.context import PointContext
from runner.point.kept_devices import Untrue
from runner.point.kept_figures import KeptFigures
from runner.point.kept_notes import KeptFile, KeptNotes
from runner.point.reference import Reference
from runner.settings.cache_paths import unlogged_folder
from runner.tracking import Notes, Run

log = logging.getLogger(__name__)

_NOTES, _CHECKSUM, _FILES = "notes.json", "notes.sha256", "files"
_AGAIN = "the point is run again"


def keep(context: PointContext, notes: Notes) -> None:
    """Keep the notes, and a copy of each file, until the point is run again.

    Raises:
        OSError: there is no space for them.
    """
    folder = unlogged_folder(context.settings, context.fingerprint)
    place = f".{folder.name}.{os.getpid()}"
    shutil.rmtree(folder.with_name(place), ignore_errors=True)
    temporary = private_folder.make(context.settings.cache.folder, folder.parent.name, place)
    files = [_copied(Path(path), str(kind), temporary / _FILES) for path, kind in notes.files]
    text = KeptNotes.of(notes, files).model_dump_json(indent=1).encode()
    (temporary / _NOTES).write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    (temporary / _CHECKSUM).write_text(digest, encoding="ascii")
    private_folder.close_to_others(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)


def _copied(path: Path, kind: str, folder: Path) -> KeptFile:
    name = PurePosixPath(kind) / path.name
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return KeptFile(name=str(name), size_bytes=path.stat().st_size, sha256=digest)


def find(context: PointContext) -> Notes | None:
    """Find the notes of this point, and put copies of its files into the point's folder.

    What is damaged or contradicts itself is set aside.

    Raises:
        Refused: what is kept is not its user's alone.
        StoreFailed: the store does not answer.
    """
    folder = unlogged_folder(context.settings, context.fingerprint)
    if folder.with_name(f"{folder.name}.json").exists():
        log.warning("%s.json: kept by an earlier version, and not taken; %s", folder, _AGAIN)
    if not os.path.lexists(folder):
        return None
    private_folder.require(context.settings.cache.folder, folder)
    try:
        return _read(context, folder)
    except RunnerError:
        raise
    except Exception as fault:
        # Keras and LiteRT raise many kinds of errors for damaged files.
        aside = tempfile.mkdtemp(prefix=f"{folder.name}.damaged.", dir=folder.parent)
        folder.replace(aside if folder.is_dir() else Path(aside) / _NOTES)
        log.warning(
            "a kept result is not logged: %s; set aside in %s, %s", _why(fault), aside, _AGAIN
        )
        return None


def log_kept(context: PointContext, notes: Notes, run: Run) -> None:
    """Log the notes as the run of the point, and forget them.

    Raises:
        StoreFailed: the store does not take them this time either; they are kept.
    """
    with run.closing():
        run.notes = notes.plus(run.notes)
    shutil.rmtree(unlogged_folder(context.settings, context.fingerprint))


def _read(context: PointContext, folder: Path) -> Notes:
    root = context.settings.cache.folder
    if not folder.is_dir():
        raise ValueError("it is no folder")
    text, digest = (_content(root, folder / name) for name in (_NOTES, _CHECKSUM))
    if hashlib.sha256(text).hexdigest() != digest.decode("ascii"):
        raise ValueError(f"{_NOTES} is not what was kept")
    kept = KeptNotes.model_validate_json(text)
    settings = context.settings
    kept.require_whole(makeable(settings.export.targets, settings.compress.name))
    _require_nothing_else(folder, kept)
    for each in kept.files:
        _copy_checked(root, folder / _FILES / each.name, context.folder / each.name, each)
    baseline = context.baseline_record()
    if baseline is None or baseline.id != kept.baseline_run_id:
        raise ValueError(f"run {kept.baseline_run_id} is not its baseline")
    reference = Reference.read(context.store, baseline)
    models = context.folder / "models"
    KeptFigures(context, kept.figures(), kept.texts, models, reference).require_true()
    return kept.as_notes(str(context.folder.absolute()))


def _content(root: Path, path: Path) -> bytes:
    with private_folder.open_own(root, path) as file:
        return file.read()


def _require_nothing_else(folder: Path, kept: KeptNotes) -> None:
    """Require that the folder holds the files of the notes, as files of its own, and no others."""
    named = [_NOTES, _CHECKSUM, *(f"{_FILES}/{file.name}" for file in kept.files)]
    if len(named) != len(set(named)):
        raise ValueError("it names a file twice")
    for path in _inside(folder):
        status = path.lstat()
        # Another name of the same file may be anybody's secret.
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise ValueError(f"{path.relative_to(folder)} is no file of its own")
        if path.relative_to(folder).as_posix() not in named:
            raise ValueError(f"it holds {path.relative_to(folder)}, which it does not name")


def _inside(folder: Path) -> Iterator[Path]:
    """Yield all that is below a folder and no folder itself, following no link."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        yield from (Path(parent) / name for name in (*names, *links))


def _copy_checked(root: Path, path: Path, target: Path, file: KeptFile) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with private_folder.open_own(root, path) as source, target.open("wb") as copy:
        while piece := source.read(1 << 20):
            digest.update(piece)
            copy.write(piece)
    if (target.stat().st_size, digest.hexdigest()) != (file.size_bytes, file.sha256):
        raise ValueError(f"{file.name} is not what was kept")


def _why(fault: Exception) -> str:
    """Say the first thing that is wrong in one line."""
    if isinstance(fault, ValidationError):
        first = fault.errors(include_url=False, include_input=False)[0]
        return f"{_NOTES}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(fault) if type(fault) in {Untrue, ValueError} else one_line(fault)
