"""Read which images a run was made with, and how many."""

import json

from runner.tracking.record import Record
from runner.tracking.store import Store


def data_digest(store: Store, record: Record) -> str:
    """Return what identifies the images of a run; empty for a run that says nothing of them.

    Raises:
        StoreFailed: the store does not answer.
    """
    inputs = store.connection.get_run(record.id).inputs.dataset_inputs
    return str(inputs[0].dataset.digest) if inputs else ""


def image_counts(store: Store, record: Record) -> tuple[int, int] | None:
    """Return how many validation and test images a run was made with; None where it says nothing.

    Raises:
        StoreFailed: the store does not answer.
    """
    inputs = store.connection.get_run(record.id).inputs.dataset_inputs
    try:
        shapes = json.loads(inputs[0].dataset.profile)["targets_shape"]
        validation, test = (int(shapes[split][0]) for split in ("validation", "test"))
    except (IndexError, KeyError, TypeError, ValueError):
        # Of an earlier version, or written by somebody else.
        return None
    return (validation, test) if validation > 0 and test > 0 else None
