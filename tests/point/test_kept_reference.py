"""Figures of a baseline in the cache stand for the store's only where they are the model's."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.errors import Refused
from runner.measure.correct_table import Correct, correct_csv
from runner.point import kept_reference
from runner.point.baseline_run import BaselineRun
from runner.point.context import PointContext
from runner.settings.cache_paths import reference_file
from runner.settings.targets import Target
from tests.helpers.project import Configure


def _changed(correct: Correct, validation: int = 0, test: int = 0) -> str:
    """Claim the contrary of the first images."""
    bits = [correct.validation.copy(), correct.test.copy()]
    for each, number in zip(bits, (validation, test), strict=True):
        each[:number] ^= True
    return correct_csv({Target.H5: Correct(correct.data, *bits)})


@pytest.mark.long
def test_figures_that_contradict_the_model_are_not_taken(
    settings: Configure, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    context = PointContext.of(settings(), tmp_path)
    context.store.connect()
    baseline, reference = BaselineRun(context).obtain()
    assert kept_reference.find(context, baseline) == reference
    assert reference.correct is not None
    path = reference_file(context.settings, context.signature, context.measuring)
    honest = json.loads(path.read_text())
    wrong: dict[str, dict[str, Any]] = {
        "1 zipped bytes; the model has": {"zip_bytes": 1.0},
        "an accuracy of 1": {"accuracy": 0.1},
        "accuracy: ": {"accuracy": float("nan")},
        "zip_bytes: ": {"zip_bytes": -1.0},
        "run_id: ": {"run_id": "../other"},
        "warning: ": {"warning": "\x1b[2J"},
        "surprise: ": {"surprise": 1},
        "correct: ": {"correct": 1},
        "damaged, or to other images": {"correct": "text"},
        "to other images": {"correct": honest["correct"].replace(context.data.digest, "0" * 16)},
        "make no accuracy of": {"correct": _changed(reference.correct, test=1)},
        "correct answers that are not the model's": {
            "correct": _changed(reference.correct, validation=4)
        },
    }
    for fault, change in wrong.items():
        path.write_text(json.dumps(honest | change))
        with pytest.raises(ValueError, match=fault):
            kept_reference.find(context, baseline)
    path.write_text(json.dumps(honest))
    found = kept_reference.find(context, baseline)
    assert found == reference
    assert found.correct is not None
    assert np.array_equal(found.correct.validation, reference.correct.validation)
    path.write_text(json.dumps(honest | {"correct": ""}))
    assert kept_reference.find(context, baseline) == replace(reference, correct=None)
    path.chmod(0o666)
    with pytest.raises(Refused, match="can be written by others"):
        kept_reference.find(context, baseline)
    path.unlink()
    assert kept_reference.find(context, baseline) is None
