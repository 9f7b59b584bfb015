import gzip
from pathlib import Path

import numpy as np
import pytest

from runner.data import dataset
from runner.data.sources import SHAPES
from runner.errors import Refused
from runner.settings import DatasetSettings
from tests.helpers.tiny import write_npz


def _load(cache: Path, **settings: object) -> dataset.Dataset:
    asked = DatasetSettings.model_validate({"validation_share": 0.1, **settings})
    return dataset.load(asked, cache)


def test_digits_are_embedded(tmp_path: Path) -> None:
    digits = _load(tmp_path, name="digits")
    assert digits.shape == SHAPES["digits"]
    assert digits.classes == 10
    assert (len(digits.train.labels), len(digits.validation.labels)) == (1293, 144)
    assert len(digits.test.labels) == 360
    images = digits.train.images[:]
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1


def test_pixels_and_labels_get_their_types(npz: Path, tmp_path: Path) -> None:
    loaded = _load(tmp_path, name="npz", path=npz)
    assert loaded.train.images.shape == (81, 8, 8, 1)
    assert loaded.train.labels.dtype == np.int64
    with np.load(npz) as stored:
        expected = stored["x_test"][..., np.newaxis] / np.float32(255)
    np.testing.assert_array_equal(loaded.test.images[:], expected)


def test_validation_is_the_tail_of_training(npz: Path, tmp_path: Path) -> None:
    loaded = _load(tmp_path, name="npz", path=npz, validation_share=0.2)
    with np.load(npz) as stored:
        np.testing.assert_array_equal(loaded.validation.labels, stored["y_train"][72:])


def test_a_folder_takes_the_place_of_a_download(tmp_path: Path) -> None:
    write_npz(tmp_path / "mnist.npz")
    assert _load(tmp_path, name="mnist", folder=tmp_path).source == str(tmp_path / "mnist.npz")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"dataset\.folder=.*: no such folder"):
        _load(tmp_path, name="mnist", folder=tmp_path / "absent")


def test_an_empty_split_is_refused(npz: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"dataset\.validation_share=0\.999: leaves one split empty"):
        _load(tmp_path, name="npz", path=npz, validation_share=0.999)


def test_the_digest_follows_content_and_split_not_place(npz: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "copy.npz"
    moved.parent.mkdir()
    moved.write_bytes(npz.read_bytes())
    other = write_npz(tmp_path / "other.npz", images=124)
    digest = _load(tmp_path, name="npz", path=npz).digest
    assert _load(tmp_path, name="npz", path=moved).digest == digest
    assert _load(tmp_path, name="npz", path=other).digest != digest
    assert _load(tmp_path, name="npz", path=npz, validation_share=0.3).digest != digest


def test_colour_images_and_column_labels(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    path = tmp_path / "colour.npz"
    np.savez(
        path,
        x_train=draw.random((20, 8, 8, 3)),
        y_train=np.arange(20).reshape(-1, 1) % 2,
        x_test=draw.random((4, 8, 8, 3)),
        y_test=np.array([[0], [1], [0], [1]]),
    )
    loaded = _load(tmp_path, name="npz", path=path)
    assert loaded.shape == (8, 8, 3)
    assert loaded.test.labels.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("shape", [(8, 8), (64,), (1, 64, 1)])
def test_a_model_takes_images_in_its_own_shape(
    npz: Path, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    loaded = _load(tmp_path, name="npz", path=npz)
    taken = loaded.for_model(shape, loaded.classes)
    splits = ((loaded.train, taken.train), (loaded.validation, taken.validation))
    for before, after in (*splits, (loaded.test, taken.test)):
        assert after.images.shape == (len(before.images), *shape)
        assert after.images.stored is before.images.stored
        assert after.labels is before.labels
        np.testing.assert_array_equal(after.images[:].ravel(), before.images[:].ravel())
    assert taken.digest == loaded.digest
    assert taken.for_model((8, 8, 1), 3).shape == loaded.shape


def test_images_that_fit_are_taken_as_they_are(npz: Path, tmp_path: Path) -> None:
    loaded = _load(tmp_path, name="npz", path=npz)
    assert loaded.for_model((8, 8, 1), 3) is loaded
    with pytest.raises(ValueError, match=r"shape \(8, 8, 1\) cannot be taken as \(28, 28\)"):
        loaded.for_model((28, 28), 3)


def test_without_a_network_the_file_to_put_in_place_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(Refused) as refusal:
        _load(tmp_path, name="mnist")
    line = str(refusal.value)
    assert line.startswith("dataset=mnist: cannot be downloaded (")
    assert "put mnist.npz" in line
    assert "dataset.folder=FOLDER or RUNNER_DATA" in line


@pytest.mark.long
def test_keras_own_loader_fills_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fashion-MNIST's four files, tiny, where Keras keeps what it has downloaded."""
    kept = tmp_path / ".keras" / "datasets" / "fashion-mnist"
    kept.mkdir(parents=True)
    for part, images in (("train", 20), ("t10k", 10)):
        pixels = np.full((images, 28, 28), 51, dtype=np.uint8)
        labels = np.arange(images, dtype=np.uint8) % 10
        with gzip.open(kept / f"{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(bytes(16) + pixels.tobytes())
        with gzip.open(kept / f"{part}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(bytes(8) + labels.tobytes())
    monkeypatch.setenv("HOME", str(tmp_path))
    loaded = _load(tmp_path / "cache", name="fashion_mnist")
    assert loaded.shape == SHAPES["fashion_mnist"]
    assert loaded.train.images[:].max() == np.float32(0.2)
    assert loaded.source == str(tmp_path / "cache" / "datasets" / "fashion_mnist.npz")
