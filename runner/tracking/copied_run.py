"""A finished run goes in; the same figures and files, as a run under another parent, come out."""

from pathlib import Path

from runner.settings.targets import Target
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.notes import Notes
from runner.tracking.record import Record


def notes_of(client: Connection, record: Record, folder: Path) -> Notes:
    """Read everything that a run holds; its files are downloaded into the folder.

    Raises:
        StoreFailed: the store does not answer, or a file that the run has figures of is gone.
    """
    notes = Notes(params=dict(record.params))
    for name in record.metrics:
        history = client.get_metric_history(record.id, name)
        notes.metrics += [(name, each.value, each.timestamp, each.step) for each in history]
    for described in client.get_run(record.id).inputs.dataset_inputs:
        notes.inputs.append(dict(described.dataset))
    client.download_artifacts(record.id, "", str(folder))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = path.parent.relative_to(folder)
        notes.files.append((str(path), None if inside == Path() else str(inside)))
    found = {Path(file).stem for file, inside in notes.files if inside == "models"}
    missing = [target for target in Target if record.has_file(target) and target not in found]
    if missing:
        raise StoreFailed(f"{record.name} (run {record.id}) has no file {missing[0].file_name}")
    return notes
