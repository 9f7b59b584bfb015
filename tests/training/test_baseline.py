import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.data import dataset
from runner.errors import Refused
from runner.planning.fingerprint import baseline_signature
from runner.planning.request import content
from runner.settings import Settings
from runner.settings.cache_paths import baseline_lock
from runner.training.baseline import Baseline, obtain_baseline
from runner.training.cached_baseline import DamagedCache, read
from tests.helpers.hostile.cached_baseline import (
    plant_external_storage,
    plant_huge_weight,
    plant_lambda,
    plant_link,
    rehash,
)
from tests.helpers.own_models import classifier, layers, save
from tests.helpers.project import Configure

MORE_DAMAGE = ["gone", "record", "other", "history"]


def _obtain(settings: Settings) -> Baseline:
    loaded = dataset.load(settings.dataset, settings.cache.folder)
    signature = baseline_signature(settings, loaded.digest)
    with baseline_lock(settings, signature):
        return obtain_baseline(settings, loaded, signature)


def _folder(settings: Settings) -> Path:
    loaded = dataset.load(settings.dataset, settings.cache.folder)
    return settings.cache.folder / "baselines" / baseline_signature(settings, loaded.digest)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def cached(settings: Configure, shelf: Path) -> Settings:
    """Settings whose baseline is in the cache; it is trained once for all tests of this file."""
    chosen = settings()
    folder = _folder(chosen)
    kept = shelf / folder.name
    if kept.exists():
        chosen.cache.folder.mkdir(mode=0o700, exist_ok=True)
        folder.parent.mkdir(mode=0o700)
        shutil.copytree(kept, folder)
    else:
        _obtain(chosen)
        shutil.copytree(folder, kept)
    return chosen


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


@pytest.mark.parametrize(
    "damage",
    ["cut", *(pytest.param(kind, marks=pytest.mark.long) for kind in MORE_DAMAGE)],
)
def test_a_damaged_cache_is_set_aside_and_trained_again(
    cached: Settings, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    first = _obtain(cached)
    folder = _folder(cached)
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
    again = _obtain(cached)
    _same(first, again)
    assert [each.name for each in folder.parent.glob("*.damaged.*")]
    (warning,) = (each for each in caplog.messages if "set aside" in each)
    assert "training again" in warning
    caplog.clear()
    _same(first, _obtain(cached))
    assert not caplog.messages


def test_what_a_killed_run_left_half_written_is_no_baseline(settings: Configure) -> None:
    chosen = settings()
    folder = _folder(chosen)
    half = folder.with_name(f".{folder.name}.1")
    half.mkdir(parents=True)
    (half / "model.h5").write_bytes(b"half")
    assert len(_obtain(chosen).history["loss"]) == 3


def test_a_configuration_in_a_cached_file_is_never_followed(
    cached: Settings, tmp_path: Path
) -> None:
    first = _obtain(cached)
    plant_lambda(_folder(cached), tmp_path / "marker")
    again = _obtain(cached)
    assert not (tmp_path / "marker").exists()
    # The weights are those of the file, the network is that of the settings.
    _same(first, again)


def test_weights_that_lie_elsewhere_or_do_not_fit_are_not_read(
    cached: Settings, tmp_path: Path
) -> None:
    first = _obtain(cached)
    folder = _folder(cached)
    whole = (folder / "model.h5").read_bytes()
    plants: dict[str, Callable[[], None]] = {
        "takes its numbers from another file": lambda: plant_external_storage(
            folder, tmp_path / "secret"
        ),
        "is a link to another place": lambda: plant_link(folder, tmp_path / "other.h5"),
        "says that it holds": lambda: plant_huge_weight(folder),
    }
    for fault, plant in plants.items():
        plant()
        with pytest.raises(DamagedCache, match=fault):
            read(cached, first.signature, first.model)
        (folder / "model.h5").write_bytes(whole)
    rehash(folder)
    assert read(cached, first.signature, first.model) == first.history


def test_a_history_of_anything_but_numbers_is_damage(cached: Settings) -> None:
    first = _obtain(cached)
    known = dict(first.history)
    for wrong in (
        known | {"loss": [float("nan")] * 3},
        known | {"loss": [1.0, 1.0]},
        known | {"loss": "many"},
        known | {"<script>": [1.0, 1.0, 1.0]},
        [1, 2, 3],
        {},
    ):
        rehash(_folder(cached), wrong)
        with pytest.raises(DamagedCache):
            read(cached, first.signature, first.model)
    rehash(_folder(cached), known)
    assert read(cached, first.signature, first.model) == known


def test_a_cached_file_of_another_user_is_refused(cached: Settings) -> None:
    (_folder(cached) / "record.json").chmod(0o666)
    with pytest.raises(Refused, match=r"record\.json can be written by others"):
        _obtain(cached)


def test_a_baseline_is_not_cached_for_another_file_than_its_signature_says(
    settings: Configure, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    path = save(classifier(), tmp_path / "own.h5")
    chosen = settings("architecture=keras_file", f"architecture.path={path}")
    known = content(chosen.architecture)
    data = dataset.load(chosen.dataset, chosen.cache.folder)
    signature = baseline_signature(chosen, data.digest)
    save(classifier(layers.Dropout(0.5)), path)
    with baseline_lock(chosen, signature), pytest.raises(Refused, match="is another file than"):
        obtain_baseline(chosen, data, signature, known)
    assert not (chosen.cache.folder / "baselines" / signature).exists()
