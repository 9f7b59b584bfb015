"""Read which images a run was made with."""

from runner.tracking.record import Record
from runner.tracking.store import Store


def data_digest(store: Store, record: Record) -> str:
    """Return what identifies the images of a run; empty for a run that says nothing of them.

    Raises:
        StoreFailed: the store does not answer.
    """
    inputs = store.connection.get_run(record.id).inputs.dataset_inputs
    return str(inputs[0].dataset.digest) if inputs else ""
