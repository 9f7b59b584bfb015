"""Write a point's pruning for TensorBoard, beside its files and as artifacts of its run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.point.context import PointContext
from runner.prune.tensorboard import PruningSummaries, event_files
from runner.tracking import Run

_FOLDER = "tensorboard"


@contextmanager
def summaries(context: PointContext, run: Run) -> Iterator[list[PruningSummaries]]:
    """Give the callbacks that write; what they wrote is logged even where pruning fails."""
    if not context.settings.tracking.tensorboard:
        yield []
        return
    folder = context.folder / _FOLDER
    try:
        yield [PruningSummaries(folder)]
    finally:
        for file in event_files(folder):
            inside = Path(_FOLDER) / file.parent.relative_to(folder)
            run.log_file(file, inside.as_posix())
