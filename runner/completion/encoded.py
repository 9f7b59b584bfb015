"""Make files for TFLite Micro of the stored files that they are encoded from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runner.completion.addition import Addition
from runner.completion.images import images_as_taken
from runner.completion.incomplete import Incomplete
from runner.device.table import HOST, DeviceRow
from runner.device.tools import TFLITE_MICRO
from runner.escaping.spreadsheet import csv_lines, csv_text
from runner.export.tflm.encoded_file import can_encode, encoded_file
from runner.measure import correct_table
from runner.measure.file_sizes import zipped_bytes, zstd_bytes
from runner.models.errors import short
from runner.point import drop_figures
from runner.settings.targets import Target

# It answers as the file that it is encoded from, bit for bit.
_SAME = ("accuracy", "validation_accuracy", "accuracy_drop", "agreement", *drop_figures.NAMES)


def make_encoded(addition: Addition, targets: Sequence[Target]) -> None:
    """Make files, whose sizes are their own and whose accuracy is that of their sources.

    Raises:
        StoreFailed: the store does not answer, or no longer has a source.
    """
    if targets and not can_encode():
        addition.leave_out(targets, f"{TFLITE_MICRO} is not installed")
        return
    images = _images(addition) if targets else None
    for target in targets:
        source = target.source
        if source is None or source not in addition.targets:
            addition.leave_out([target], f"there is no {source}")
            continue
        try:
            path = encoded_file(addition.file(source), target, addition.folder / "made", images)
        except Exception as error:
            # The reader trusts the bytes, and raises many kinds of errors for wrong ones.
            addition.leave_out([target], short(error))
            continue
        _add(addition, target, source, path)


def _images(addition: Addition) -> NDArray[np.float32] | None:
    """Load test images; without them, files are compared on random inputs only."""
    try:
        return images_as_taken(addition.run)
    except Incomplete:
        return None


def _add(addition: Addition, target: Target, source: Target, path: Path) -> None:
    zipped = zipped_bytes(path)
    figures = {name: addition.metric(f"{name}/{source}") for name in _SAME} | {
        "size_bytes": float(path.stat().st_size),
        "zip_bytes": float(zipped),
        "zip_ratio": addition.run.baseline.metrics["zip_bytes/h5"] / zipped,
    }
    addition.made[target] = path
    addition.metrics |= {
        f"{name}/{target}": value for name, value in figures.items() if value is not None
    }
    addition.add_rows([DeviceRow(target, HOST, None, figures={"zstd_bytes": zstd_bytes(path)})])
    _copy_tables(addition, target, source)


def _copy_tables(addition: Addition, target: Target, source: Target) -> None:
    """Copy what a run says of the answers of the source, class by class and image by image."""
    correct = addition.text(correct_table.TABLE)
    bits = correct_table.read_correct(correct).get(source)
    if bits:
        table = correct_table.correct_csv({target: bits}, correct)
        addition.texts[correct_table.TABLE] = table
    confusion = addition.text(f"confusion/{source}.csv")
    if confusion:
        addition.texts[f"confusion/{target}.csv"] = confusion
    head, *lines = csv_lines(addition.text("classes.csv")) or [[]]
    ending = f"/{source}"
    places = [place for place, name in enumerate(head) if name.endswith(ending)]
    if places and not any(name.endswith(f"/{target}") for name in head):
        names = [f"{head[place].removesuffix(ending)}/{target}" for place in places]
        columns = [[*line, *(line[place] for place in places)] for line in lines]
        addition.texts["classes.csv"] = csv_text([[*head, *names], *columns])
