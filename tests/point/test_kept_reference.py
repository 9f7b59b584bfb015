"""Figures of a baseline in the cache stand for the store's only where they are the model's."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.backend import make_repeatable
from runner.errors import Refused
from runner.point import kept_reference
from runner.point.baseline_run import BaselineRun
from runner.point.context import PointContext
from runner.settings.cache_paths import reference_file
from tests.helpers.project import Configure


@pytest.mark.long
def test_figures_that_contradict_the_model_are_not_taken(
    settings: Configure, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    context = PointContext.of(settings(), tmp_path)
    context.store.connect()
    baseline, reference = BaselineRun(context).obtain()
    assert kept_reference.find(context, baseline) == reference
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
    }
    for fault, change in wrong.items():
        path.write_text(json.dumps(honest | change))
        with pytest.raises(ValueError, match=fault):
            kept_reference.find(context, baseline)
    path.write_text(json.dumps(honest))
    assert kept_reference.find(context, baseline) == reference
    path.chmod(0o666)
    with pytest.raises(Refused, match="can be written by others"):
        kept_reference.find(context, baseline)
    path.unlink()
    assert kept_reference.find(context, baseline) is None
