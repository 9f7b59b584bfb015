"""Name how far the accuracies of a file are below those of its baseline, with their intervals."""

from collections.abc import Mapping

import numpy as np

from runner.measure.correct_table import Correct
from runner.statistics.paired import Bits, paired_drop

NAMES = (
    *("validation_drop", "validation_drop_low", "validation_drop_high"),
    *("accuracy_drop_low", "accuracy_drop_high"),
)


def drop_figures(dense: Correct | None, file: Correct) -> Mapping[str, float]:
    """Return the drop of the validation accuracy, and the 95 % intervals of both drops, by NAMES.

    An accuracy drop is the dense model's accuracy minus the file's, from -1 to 1. Its interval is
    that of `paired_drop`.

    Args:
        dense: of the baseline's h5 file; None where nobody knows which images it classifies right.
        file: of the file.

    Returns:
        Nothing where the two cannot be compared image by image.
    """
    if dense is None or not file.is_of_images_of(dense):
        return {}
    validation = paired_drop(dense.validation, file.validation)
    test = paired_drop(dense.test, file.test)
    drop = _share(dense.validation) - _share(file.validation)
    figures = (drop, validation.low, validation.high, test.low, test.high)
    return dict(zip(NAMES, figures, strict=True))


def _share(bits: Bits) -> float:
    return float(np.mean(bits))
