"""Write and read which images each file of a run classifies right: its table, correct.csv."""

import base64
import binascii
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from runner.escaping.spreadsheet import csv_text
from runner.settings.targets import Target
from runner.statistics.paired import Bits

TABLE = "correct.csv"

_HEAD = ("target", "split", "images", "right", "data", "bits")
_VALIDATION, _TEST = "validation", "test"


@dataclass(frozen=True, eq=False)
class Correct:
    """Which images one file classifies right, in the order of the data set.

    Attributes:
        data: digest of the data set: files of equal digests have the same images.
        validation: of the validation images.
        test: of the test images.
    """

    data: str
    validation: Bits
    test: Bits

    def is_of_images_of(self, other: "Correct") -> bool:
        """Tell whether both are of the same images in the same order, and so may be compared."""
        same_size = len(self.validation) == len(other.validation)
        return self.data == other.data and same_size and len(self.test) == len(other.test)


def correct_csv(files: Mapping[Target, Correct], earlier: str = "") -> str:
    """Return a table of two lines for each file, one of its validation and one of its test images.

    Args:
        files: by target.
        earlier: this table as it was written before; its lines of other targets are kept.
    """
    all_files = {**read_correct(earlier), **files}
    in_order = [(target, all_files[target]) for target in Target if target in all_files]
    return csv_text([_HEAD, *(line for each in in_order for line in _lines(*each))])


def read_correct(text: str) -> dict[Target, Correct]:
    """Read the table; a target with a line that is missing, damaged or there twice is left out.

    Args:
        text: empty for a run that has none.
    """
    parts: dict[tuple[str, str], list[tuple[str, Bits] | None]] = {}
    # Not as other tables: csv takes no cells of more than 131,072 characters.
    for line in text.splitlines()[1:]:
        cells = line.split(",")
        parts.setdefault((cells[0], cells[1] if len(cells) > 1 else ""), []).append(_bits(cells))
    return {target: both for target in Target if (both := _both(parts, target))}


def correct_of_run(text: str, metrics: Mapping[str, float]) -> dict[Target, Correct]:
    """Read the table of a run; a target of which the run has other accuracies is left out.

    Args:
        text: empty for a run that has none.
        metrics: of the run, by their names.
    """
    files = read_correct(text)
    return {target: file for target, file in files.items() if _is_of(metrics, target, file)}


def _is_of(metrics: Mapping[str, float], target: Target, file: Correct) -> bool:
    shares = {"accuracy": file.test, "validation_accuracy": file.validation}
    named = ((metrics.get(f"{name}/{target}"), bits) for name, bits in shares.items())
    return all(
        share is not None and math.isclose(share, float(np.mean(bits)), abs_tol=1e-9)
        for share, bits in named
    )


def _both(
    parts: Mapping[tuple[str, str], list[tuple[str, Bits] | None]], target: Target
) -> Correct | None:
    match [parts.get((target, split)) for split in (_VALIDATION, _TEST)]:
        case [[(data, validation)], [(same, test)]] if data == same:
            return Correct(data, validation, test)
    return None


def _lines(target: Target, file: Correct) -> Iterator[tuple[object, ...]]:
    for split, bits in ((_VALIDATION, file.validation), (_TEST, file.test)):
        packed = base64.b64encode(np.packbits(bits).tobytes()).decode("ascii")
        yield str(target), split, len(bits), int(np.count_nonzero(bits)), file.data, packed


def _bits(cells: list[str]) -> tuple[str, Bits] | None:
    """Read the digest of the data and the bits of a line; None where it is damaged."""
    with suppress(ValueError, binascii.Error):
        _, _, images, right, data, text = cells
        # An apostrophe keeps spreadsheets from taking a plus for a formula.
        packed = base64.b64decode(text.removeprefix("'"), validate=True)
        bits = np.unpackbits(np.frombuffer(packed, np.uint8)).astype(np.bool_)
        size = int(images)
        same_size = 0 < size <= len(bits) < size + 8
        # What is left of the last byte is empty: then the count is that of the images.
        if same_size and np.count_nonzero(bits) == int(right) == np.count_nonzero(bits[:size]):
            return data, bits[:size]
    return None
