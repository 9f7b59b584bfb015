"""Keep the notes of a finished point that no store took, for a later run of the same point.

They lie in the cache, one file for each fingerprint, and name files that stay where they are.
"""

from pathlib import Path

from runner.point.context import PointContext
from runner.settings.cache_paths import unlogged_file
from runner.tracking import Notes, Run


def keep(context: PointContext, notes: Notes) -> None:
    """Keep the notes until the point is run again."""
    path = unlogged_file(context.settings, context.fingerprint)
    path.parent.mkdir(parents=True, exist_ok=True)
    notes.save(path)


def find(context: PointContext) -> Notes | None:
    """Find the notes of this point, if all files that they name are still there."""
    path = unlogged_file(context.settings, context.fingerprint)
    if not path.is_file():
        return None
    notes = Notes.load(path)
    return notes if all(Path(file).is_file() for file, _ in notes.files) else None


def log(context: PointContext, notes: Notes, run: Run) -> None:
    """Log the notes as the run of the point, and forget them.

    Raises:
        StoreFailed: the store does not take them this time either; they are kept.
    """
    with run.closing():
        run.notes = notes.plus(run.notes)
    unlogged_file(context.settings, context.fingerprint).unlink(missing_ok=True)
