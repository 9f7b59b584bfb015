"""Read the files that are written for TensorBoard."""

from collections import defaultdict
from pathlib import Path

from runner.backend import tf


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return the steps and values of each scalar in the files of one folder, by its name."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for file in folder.glob("events.out.tfevents.*"):
        for record in tf.data.TFRecordDataset(str(file)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    number = float(tf.make_ndarray(value.tensor))
                    found[value.tag].append((event.step, number))
    return dict(found)
