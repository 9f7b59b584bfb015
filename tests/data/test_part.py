"""A part of the images keeps the proportions of classes, and is the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest

from runner.data import dataset
from runner.data.part import drawn
from runner.data.split import Split
from runner.errors import ImpossiblePoint
from runner.settings import DatasetSettings
from tests.helpers.tiny import write_npz


def _load(cache: Path, **settings: object) -> dataset.Dataset:
    return dataset.load(DatasetSettings.model_validate({"name": "digits", **settings}), cache)


def _counts(*splits: Split) -> list[list[int]]:
    return [np.bincount(split.labels, minlength=10).tolist() for split in splits]


def test_classes_keep_their_proportions_and_none_is_lost() -> None:
    labels = np.repeat(np.arange(4), [1000, 500, 100, 2])
    rows = drawn(labels, 160, seed=0)
    assert np.bincount(labels[rows]).tolist() == [99, 50, 10, 1]
    assert np.all(np.diff(rows) > 0)
    assert np.array_equal(rows, drawn(labels, 160, seed=0))
    assert not np.array_equal(rows, drawn(labels, 160, seed=1))
    assert set(rows) <= set(drawn(labels, 800, seed=0))
    assert np.array_equal(drawn(labels, 1602, seed=0), np.arange(1602))
    assert np.bincount(labels[drawn(labels, 4, seed=0)]).tolist() == [1, 1, 1, 1]


def test_a_limit_counts_all_images(tmp_path: Path) -> None:
    whole, some = _load(tmp_path), _load(tmp_path, limit=500)
    splits = some.train, some.validation, some.test
    assert [len(split.labels) for split in splits] == [360, 40, 100]
    assert all(7 <= count <= 13 for count in _counts(some.test)[0])
    assert len({_load(tmp_path, limit=500, seed=seed).digest for seed in (0, 1)}) == 2
    assert _load(tmp_path, limit=10_000).digest == whole.digest


def test_training_images_are_fewer_and_all_others_the_same(tmp_path: Path) -> None:
    whole, some = _load(tmp_path), _load(tmp_path, train_images=100)
    assert _counts(some.validation, some.test) == _counts(whole.validation, whole.test)
    assert len(some.train.labels) == len(some.train.images) == 100
    assert all(9 <= count <= 11 for count in _counts(some.train)[0])
    rows = drawn(whole.train.labels, 100, seed=0)
    np.testing.assert_array_equal(some.train.images[:], whole.train.images[rows])
    digests = {
        _load(tmp_path, train_images=number, seed=seed, validation_share=share).digest
        for number, seed, share in ((100, 0, 0.1), (101, 0, 0.1), (100, 1, 0.1), (100, 0, 0.2))
    }
    assert len(digests) == 4


def test_labels_may_be_names(tmp_path: Path) -> None:
    write_npz(tmp_path / "tiny.npz")
    with np.load(tmp_path / "tiny.npz") as stored:
        arrays = dict(stored)
    for part in ("train", "test"):
        arrays[f"y_{part}"] = np.array(["ant", "bee", "cow"])[arrays[f"y_{part}"]]
    np.savez(tmp_path / "names.npz", **arrays)
    loaded = _load(tmp_path, name="npz", path=tmp_path / "names.npz", limit=40)
    assert loaded.class_names == ("ant", "bee", "cow")
    assert _counts(loaded.test)[0][:3] == [4, 3, 3]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"limit": 19}, r"dataset.limit=19: must be at least 20, an image of each class for each"),
        ({"train_images": 9}, r"dataset.train_images=9: must be from 10, one of each class, to 1,"),
        ({"train_images": 1294}, "to 1,293, for so many are left to train on"),
    ],
)
def test_too_few_and_too_many_are_refused(
    tmp_path: Path, settings: dict[str, int], fault: str
) -> None:
    with pytest.raises(ImpossiblePoint, match=fault):
        _load(tmp_path, **settings)
