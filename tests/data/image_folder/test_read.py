import json
import logging
import os
import shutil
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runner.data import dataset
from runner.data.dataset import Dataset
from runner.data.image_folder.progress_bar import progress_bar
from runner.errors import Refused
from runner.process import isolated
from runner.settings import DatasetSettings

CLASSES = ("Zebra", "cat", "dog")
Load = Callable[..., Dataset]


def _write(folder: Path, images: int = 10, suffix: str = ".png", size: int = 6) -> Path:
    """Write images of one colour each; red and blue tell the class, green the image."""
    folder.mkdir(parents=True)
    number = 40 * (1 + CLASSES.index(folder.name))
    for at in range(images):
        image = Image.new("RGB", (size + 2, size), (number, at, number))
        image.save(folder / f"{at}{suffix}")
    return folder


def _write_all(folder: Path, **details: Any) -> Path:
    for name in CLASSES:
        _write(folder / name, **details)
    return folder


def _labels_of(images: np.ndarray) -> list[int]:
    """Tell the class from the colour."""
    return [round(float(image[0, 0, 0]) * 255 / 40) - 1 for image in images]


def _load(folder: Path, cache: Path, **settings: Any) -> Dataset:
    usual = {"image_size": (6, 8), "test_share": 0.2, "validation_share": 0.25}
    values = {"name": "image_folder", "path": folder, **usual, **settings}
    # What the folder held before would be in memory still.
    dataset.load.cache_clear()
    return dataset.load(DatasetSettings.model_validate(values), cache)


@pytest.fixture
def load(decoding_here: None) -> Load:  # noqa: ARG001
    """Load a folder, decoding in this process."""
    return _load


def test_a_folder_becomes_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = _write_all(tmp_path / "animals"), tmp_path / "cache"
    loaded = _load(folder, cache)
    assert (loaded.name, loaded.source, loaded.shape) == ("image_folder", str(folder), (6, 8, 3))
    assert loaded.classes == 3
    for split, images in ((loaded.train, 18), (loaded.validation, 6), (loaded.test, 6)):
        assert len(split.images) == images
        assert split.labels.tolist() == _labels_of(split.images[:])
        assert np.bincount(split.labels).tolist() == [images // 3] * 3
    parts = [split.images[:] for split in (loaded.train, loaded.validation, loaded.test)]
    assert len(np.unique(np.concatenate(parts)[:, 0, 0], axis=0)) == 30
    (kept,) = (cache / "datasets").glob("image_folder-*")
    assert json.loads((kept / "index.json").read_text())["notes"]["classes"] == list(CLASSES)
    # Copied with its times, the folder is not even decoded again.
    monkeypatch.delattr(isolated, "run")
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert _load(copy, cache).digest == loaded.digest


def test_the_same_images_are_the_same_data_wherever_they_lie(load: Load, tmp_path: Path) -> None:
    folder = _write_all(tmp_path / "animals")
    copy = shutil.copytree(folder, tmp_path / "other" / "copy")
    os.utime(copy / "cat" / "1.png", (1, 1))
    cache = tmp_path / "cache"
    assert load(folder, cache).digest == load(copy, cache).digest
    assert len(list((cache / "datasets").glob("image_folder-*"))) == 2
    Image.new("RGB", (8, 6)).save(copy / "cat" / "1.png")
    assert load(copy, cache).digest != load(folder, cache).digest


@pytest.mark.parametrize(
    "suffix", [".JPG", ".bmp", ".gif", ".jpeg", ".jfif", ".tif", ".TIFF", ".webp"]
)
def test_every_format_is_read_in_grayscale(load: Load, tmp_path: Path, suffix: str) -> None:
    folder = _write_all(tmp_path / "animals", suffix=suffix)
    loaded = load(folder, tmp_path, color="grayscale", image_size=(3, 4))
    assert loaded.shape == (3, 4, 1)
    gray = 0.299 * 40 + 0.114 * 40
    expected = (loaded.test.labels + 1) * gray / 255
    # Green adds at most 9 shades of 0.587.
    assert np.all(loaded.test.images[:][:, 0, 0, 0] - expected < 0.03)
    assert np.all(loaded.test.images[:][:, 0, 0, 0] - expected > -0.01)


def test_folders_named_train_and_test_are_the_split(load: Load, tmp_path: Path) -> None:
    folder = tmp_path / "animals"
    _write_all(folder / "train", images=8)
    _write_all(folder / "test", images=5, size=4)
    loaded = load(folder, tmp_path)
    assert (len(loaded.train.labels), len(loaded.validation.labels)) == (18, 6)
    assert np.bincount(loaded.test.labels).tolist() == [5, 5, 5]
    assert loaded.test.labels.tolist() == _labels_of(loaded.test.images[:])


def test_a_small_class_is_in_every_split(load: Load, tmp_path: Path) -> None:
    _write(tmp_path / "animals" / "cat", images=90)
    _write(tmp_path / "animals" / "dog", images=10)
    loaded = load(tmp_path / "animals", tmp_path, test_share=0.01, validation_share=0.2)
    assert np.bincount(loaded.test.labels).tolist() == [1, 1]
    assert abs(np.sum(loaded.validation.labels == 1) - 2) <= 1


def test_hidden_files_and_files_that_are_no_images_are_ignored(load: Load, tmp_path: Path) -> None:
    folder = _write_all(tmp_path / "animals")
    digest = load(folder, tmp_path).digest
    (folder / "cat" / "._1.png").write_text("a resource fork")
    (folder / "cat" / "notes.txt").write_text("a note")
    (folder / "README.png").write_text("of no class")
    (folder / ".thumbnails").mkdir()
    (folder / "dog" / ".thumbnails").mkdir()
    (folder / "dog" / ".thumbnails" / "1.png").write_text("a thumbnail")
    shutil.copytree(folder / "dog" / ".thumbnails", folder / "dog" / "empty" / ".thumbnails")
    assert load(folder, tmp_path).digest == digest


def test_all_images_that_cannot_be_read_are_named_at_once(load: Load, tmp_path: Path) -> None:
    folder = _write_all(tmp_path / "animals")
    for number in range(8):
        broken = folder / "cat" / f"{number}.png"
        broken.write_bytes(broken.read_bytes()[:45])
    (folder / "dog" / "3.png").write_text("<html>")
    with pytest.raises(Refused) as refusal:
        load(folder, tmp_path)
    line = str(refusal.value)
    assert "\n" not in line
    beginning = f"dataset.path={folder}: 9 of 30 images cannot be read: cat/0.png (image file is "
    assert line.startswith(beginning)
    assert line.endswith("; dataset.skip_unreadable=true goes on without them")
    assert "cat/4.png" in line
    assert " and 4 more, all of them listed in " in line
    (text,) = (tmp_path / "datasets").glob("*.unreadable.txt")
    assert str(text) in line
    lines = text.read_text().splitlines()
    assert len(lines) == 9
    assert lines[-1] == "dog/3.png: is none of BMP, GIF, JPEG, PNG, TIFF, WEBP"


def test_what_cannot_be_read_may_be_left_out(
    load: Load, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = _write_all(tmp_path / "animals")
    for broken in (folder / "cat" / "3.png", folder / "Zebra" / "0.png"):
        broken.write_bytes(b"")
    with pytest.raises(Refused, match=r"2 of 30 images cannot be read: Zebra/0.png \(is none"):
        load(folder, tmp_path)
    # Nothing is decoded again.
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(isolated, "run")
        loaded = _load(folder, tmp_path, skip_unreadable=True)
    assert "2 of 30 images cannot be read" in caplog.text
    splits = (loaded.train, loaded.validation, loaded.test)
    assert sum(len(split.labels) for split in splits) == 28
    for split in splits:
        assert split.labels.tolist() == _labels_of(split.images[:])
    (folder / "cat" / "3.png").write_bytes((folder / "cat" / "4.png").read_bytes())
    with pytest.raises(Refused, match="1 of 30 images"):
        load(folder, tmp_path)


def test_a_class_of_which_nothing_can_be_read_is_refused(load: Load, tmp_path: Path) -> None:
    folder = _write_all(tmp_path / "animals", images=3)
    for image in (folder / "cat").iterdir():
        image.write_bytes(b"")
    with pytest.raises(Refused, match="of the class folder cat, no image to train on can be read"):
        load(folder, tmp_path, skip_unreadable=True)


@pytest.mark.parametrize(
    ("folders", "fault"),
    [
        (["cat"], "has class folders: cat; at least 2 are needed"),
        ([], "has class folders: none; at least 2 are needed"),
        (["cat", "dog", "Zebra/"], "has no images in the class folder Zebra; their names must end"),
        (["cat", "dog1"], "the class folder dog has one image; at least 2 are needed"),
        (["train/cat", "train/dog", "test/cat"], "test has class folders: cat; at least 2 are"),
        (["train/cat", "train/dog", "test/"], "test has class folders: none; at least 2"),
        (["train/cat", "train/dog", "test/cat", "test/dog/"], "test has no images in the class"),
        (["train/cat", "train/dog", "test/cat", "test/Zebra"], "only one of them has Zebra, dog"),
        (["train/cat", "train/dog", "more/dog"], "has the folders more, train; must have one for"),
        (["test/cat", "val/dog"], "or just train, val and test, of which only train must be"),
        (["train/cat", "train/dog", "val/cat"], "val has class folders: cat; at least 2 are"),
        (["train/cat", "train/dog", "val/dog", "valid/dog"], "has val and valid; one must do"),
    ],
)
def test_what_is_laid_out_otherwise_is_refused(
    tmp_path: Path, folders: list[str], fault: str
) -> None:
    root = tmp_path / "animals"
    root.mkdir()
    for each in folders:
        if each.endswith("/"):
            (root / each).mkdir(parents=True)
        else:
            _write(root / each.rstrip("1"), images=1 if each.endswith("1") else 3)
    with pytest.raises(Refused) as refusal:
        _load(root, tmp_path)
    assert str(refusal.value).startswith(f"dataset.path={root}: ")
    assert fault in str(refusal.value)
    assert not (tmp_path / "datasets").exists()


def test_a_path_that_is_no_folder_is_refused(npz: Path, tmp_path: Path) -> None:
    for path in (npz, tmp_path / "absent"):
        with pytest.raises(Refused, match=rf"dataset\.path={path}: no such folder; give one with"):
            _load(path, tmp_path)


def test_many_names_are_cut_short(tmp_path: Path) -> None:
    for name in ("train/cat", *(f"more{at}" for at in range(7))):
        (tmp_path / "animals" / name).mkdir(parents=True)
    with pytest.raises(Refused, match="more0, more1, more2, more3, more4 and 3 more; must have"):
        _load(tmp_path / "animals", tmp_path)


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_an_image_that_says_it_is_vast_is_not_decoded(
    load: Load, tmp_path: Path, suffix: str
) -> None:
    folder = _write_all(tmp_path / "animals")
    vast = folder / "cat" / f"vast{suffix}"
    Image.new("1", (8, 6)).save(vast)
    whole = bytearray(vast.read_bytes())
    # Where the width and the height are.
    at, form = (16, ">II") if suffix == ".png" else (18, "<ii")
    whole[at : at + 8] = struct.pack(form, 20_000, 20_000)
    if suffix == ".png":
        whole[29:33] = struct.pack(">I", zlib.crc32(whole[12:29]))
    vast.write_bytes(whole)
    with pytest.raises(Refused) as refusal:
        load(folder, tmp_path)
    line = (
        f"1 of 31 images cannot be read: cat/vast{suffix} (says that it has 20000 x 20000 pixels: "
        "must be at most 250,000,000 pixels); "
    )
    assert line in str(refusal.value)


def test_only_images_that_are_taken_are_decoded(
    load: Load, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder = _write_all(tmp_path / "animals")
    loaded = load(folder, tmp_path, limit=12)
    sizes = [len(split.images) for split in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [6, 3, 3]
    assert f"{folder}: 30 images of 3 classes; 12 are taken (dataset.limit)" in caplog.text
    (kept,) = (tmp_path / "datasets").glob("image_folder-*")
    assert len(np.load(kept / "x_train.npy")) == 9


def test_pixels_that_the_disk_has_no_room_for_are_refused_before_any_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _write_all(tmp_path / "animals")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**9))
    monkeypatch.delattr(isolated, "run")
    with pytest.raises(Refused) as refusal:
        _load(folder, tmp_path / "cache", image_size=(4000, 5000))
    assert str(refusal.value) == (
        f"dataset.path={folder}: 30 images of 4000x5000x3 take 1.8 GB of disk, and "
        f"cache.folder={tmp_path / 'cache'} has 1 GB free; take smaller ones (dataset.image_size), "
        "fewer (dataset.limit), or another cache"
    )


def test_a_terminal_shows_how_many_images_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = tmp_path / "done"
    done.write_bytes(bytes(5))
    with progress_bar(done, 7):
        time.sleep(0.5)
    assert "5/7" in capsys.readouterr().err
    monkeypatch.delenv("FORCE_COLOR")
    with progress_bar(done, 7):
        time.sleep(0.3)
    assert capsys.readouterr().err == ""
