"""The notes of a finished point that no store took go in; a later run of the same point finds them.

They lie in the cache, one file for each fingerprint, and name files that stay where they are.
"""

from pathlib import Path

from runner.settings import Settings
from runner.settings.cache_paths import unlogged_file
from runner.tracking import Notes, Run


def keep(settings: Settings, fingerprint: str, notes: Notes) -> None:
    """Keep the notes until the point is run again."""
    path = unlogged_file(settings, fingerprint)
    path.parent.mkdir(parents=True, exist_ok=True)
    notes.save(path)


def find(settings: Settings, fingerprint: str) -> Notes | None:
    """Find the notes of this point, if all files that they name are still there."""
    path = unlogged_file(settings, fingerprint)
    if not path.is_file():
        return None
    notes = Notes.load(path)
    return notes if all(Path(file).is_file() for file, _ in notes.files) else None


def log(settings: Settings, fingerprint: str, notes: Notes, run: Run) -> None:
    """Log the notes as the run of the point, and forget them.

    Raises:
        StoreFailed: the store does not take them this time either; they are kept.
    """
    with run.closing():
        run.notes = notes.plus(run.notes)
    unlogged_file(settings, fingerprint).unlink(missing_ok=True)
