import json
import logging
from pathlib import Path

import numpy as np
import pytest

from runner.data import dataset
from runner.planning.fingerprint import baseline_signature
from runner.settings import Settings
from runner.settings.cache_paths import baseline_lock
from runner.training.baseline import Baseline, obtain_baseline
from tests.helpers.project import Configure


def _obtain(settings: Settings) -> Baseline:
    loaded = dataset.load(settings.dataset, settings.cache.folder)
    signature = baseline_signature(settings, loaded.digest)
    with baseline_lock(settings, signature):
        return obtain_baseline(settings, loaded, signature)


def _folder(settings: Settings) -> Path:
    loaded = dataset.load(settings.dataset, settings.cache.folder)
    return settings.cache.folder / "baselines" / baseline_signature(settings, loaded.digest)


def _same(one: Baseline, other: Baseline) -> None:
    assert one.history == other.history
    for left, right in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_baseline_is_trained_once_and_then_read(
    settings: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = _obtain(settings())
    second = _obtain(settings())
    _same(first, second)
    assert sum("training" in each for each in caplog.messages) == 1
    assert len(first.history["loss"]) == 3


@pytest.mark.parametrize("damage", ["cut", "gone", "record", "other", "history"])
def test_a_damaged_cache_is_set_aside_and_trained_again(
    settings: Configure, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    chosen = settings()
    first = _obtain(chosen)
    folder = _folder(chosen)
    model, record = folder / "model.h5", folder / "record.json"
    if damage == "cut":
        model.write_bytes(model.read_bytes()[:1000])
    elif damage == "gone":
        model.unlink()
    elif damage == "record":
        record.write_text("{")
    elif damage == "history":
        known = json.loads(record.read_text())
        known["history"]["loss"][0] += 1
        record.write_text(json.dumps(known))
    else:
        record.write_text(json.dumps({"sha256": "0" * 64, "history": {}}))
    again = _obtain(chosen)
    _same(first, again)
    assert [each.name for each in folder.parent.glob("*.damaged.*")]
    (warning,) = (each for each in caplog.messages if "set aside" in each)
    assert "training again" in warning
    caplog.clear()
    _same(first, _obtain(chosen))
    assert not caplog.messages


def test_what_a_killed_run_left_half_written_is_no_baseline(settings: Configure) -> None:
    chosen = settings()
    folder = _folder(chosen)
    half = folder.with_name(f".{folder.name}.1")
    half.mkdir(parents=True)
    (half / "model.h5").write_bytes(b"half")
    assert len(_obtain(chosen).history["loss"]) == 3
