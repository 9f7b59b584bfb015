"""Write how pruning goes for TensorBoard, by TFMOT's own summaries."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.backend import tf, tfmot

_EVENTS = "events.out.tfevents.*"


class PruningSummaries(tfmot.sparsity.keras.PruningSummaries):
    """Write losses and accuracies by epoch, and each layer's sparsity and threshold by step.

    TFMOT's own class writes the latter when an epoch begins, so that the end of the last one would
    be missing. And it asks for the package tensorboard, which is needed only to look at the files.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder of the event files; those of an earlier attempt are deleted."""
        for file in event_files(folder):
            file.unlink()
        super().__init__(str(folder))

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Write what the last epoch came to, and close the files."""
        self.on_epoch_begin(self.params["epochs"])
        self._file_writer.close()
        super().on_train_end(logs)

    def _log_pruning_metrics(self, logs: Mapping[str, Any], _: str, step: int) -> None:
        _write(self._file_writer, logs, step)

    def _log_epoch_metrics(self, epoch: int, logs: Mapping[str, float]) -> None:
        for prefix, writer in (("val_", self._val_writer), ("", self._train_writer)):
            names = [name for name in logs if name.startswith("val_") == bool(prefix)]
            figures = {f"epoch_{name.removeprefix(prefix)}": logs[name] for name in names}
            _write(writer, figures, epoch)


def event_files(folder: Path) -> Iterator[Path]:
    """Find the files that were written below the folder."""
    return iter(sorted(folder.rglob(_EVENTS)))


def _write(writer: Any, figures: Mapping[str, Any], step: int) -> None:
    """Write figures as TensorBoard's scalars."""
    metadata = tf.compat.v1.SummaryMetadata(data_class="DATA_CLASS_SCALAR")
    metadata.plugin_data.plugin_name = "scalars"
    with writer.as_default():
        for name, value in figures.items():
            tf.summary.write(name, tf.cast(value, tf.float32), int(step), metadata)
        writer.flush()
