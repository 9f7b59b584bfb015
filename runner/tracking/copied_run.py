"""Read a finished run back, so that it can be logged again under another parent."""

from pathlib import Path

from runner.settings.targets import Target
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.notes import Notes
from runner.tracking.record import Record


def read_notes(client: Connection, record: Record, folder: Path) -> Notes:
    """Read everything that a run holds, and download its files into the folder.

    Raises:
        StoreFailed: the store does not answer, or a file that the run has figures of is gone.
    """
    notes = Notes(params=dict(record.params))
    for name in record.metrics:
        history = client.get_metric_history(record.id, name)
        notes.metrics += [(name, point.value, point.timestamp, point.step) for point in history]
    for dataset_input in client.get_run(record.id).inputs.dataset_inputs:
        notes.inputs.append(dict(dataset_input.dataset))
    client.download_artifacts(record.id, "", str(folder))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        parent = path.parent.relative_to(folder)
        notes.files.append((str(path), None if parent == Path() else str(parent)))
    models = {Path(file).stem for file, parent in notes.files if parent == "models"}
    missing = [target for target in Target if record.has_file(target) and target not in models]
    if missing:
        raise StoreFailed(f"{record.name} (run {record.id}) has no file {missing[0].file_name}")
    return notes
