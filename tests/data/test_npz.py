import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from runner.data import npz_bounds
from runner.data.arrays import NAMES
from runner.data.npz import read
from runner.errors import Refused
from tests.helpers.hostile.npz_files import NPZ
from tests.helpers.tiny import write_npz


def _changed(path: Path, **changes: Any) -> Path:
    with np.load(write_npz(path)) as stored:
        arrays = {name: stored[name] for name in NAMES} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_arrays_come_back_as_stored(npz: Path) -> None:
    arrays = read(npz, "dataset.path", npz.parent)
    assert arrays.x_train.shape == (90, 8, 8)
    assert arrays.x_test.dtype == np.uint8


def _no_characters(count: int) -> Any:
    return np.full(count, 0x110000, np.uint32).view("<U1")


IMAGES = np.zeros((90, 8, 8), np.uint8)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"y_test": None}, "has no array y_test"),
        ({"x_train": np.zeros((90, 64))}, r"x_train has shape \(90, 64\); images must be"),
        ({"x_train": np.zeros((0, 8, 8))}, "x_train has shape"),
        ({"x_train": IMAGES[:80]}, "x_train has 80 images, y_train 90 labels"),
        ({"x_train": IMAGES[:, :4]}, "they must be the same"),
        ({"x_train": IMAGES.astype(np.float32) + 2}, "pixels from 2.0 to 2.0"),
        ({"x_train": IMAGES * np.nan}, "pixels from nan to nan"),
        ({"x_train": IMAGES.astype(np.int64) - 1}, "pixels from -1 to -1"),
        ({"x_train": IMAGES.astype(bool)}, "images must be numbers"),
        ({"y_train": np.linspace(0, 1, 90)}, "type float64, which looks like regression; only"),
        ({"y_train": np.full((90, 1), 0.5)}, "which looks like regression"),
        ({"y_train": np.array(["cat"] * 90)}, "y_train has names, y_test whole numbers"),
        ({"y_train": np.eye(3)[np.arange(90) % 3]}, "y_train has 3 columns, y_test whole numbers"),
        ({"y_train": np.zeros(90, complex)}, "labels must be whole numbers or names"),
        (
            {"y_train": _no_characters(90), "y_test": _no_characters(30)},
            "has labels with characters that do not exist",
        ),
        ({"classes": np.array(["cat", "dog"])}, "has the label 2, which is none of the file's"),
        ({"y_train": np.zeros((90, 3), int)}, "several labels an image are not supported"),
        ({"y_test": np.ones((30, 2), bool)}, r"has shape \(30, 2\): several labels an image"),
        ({"y_test": np.full((30, 2), "cat")}, "several labels an image are not supported"),
        ({"y_train": np.zeros((90, 8, 8), int)}, r"has shape \(90, 8, 8\); labels must be"),
        ({"y_train": np.zeros(90, int) - 1}, "labels start at 0"),
        ({"y_test": np.full(30, 7)}, "y_test has the label 7, which y_train never has"),
        ({"y_train": np.full(90, 1)}, "y_test has the label 0, which y_train never has"),
        ({"y_train": np.arange(90) % 3 + 1}, "y_test has the label 0, which y_train never has"),
        ({"y_train": np.zeros(90, int), "y_test": np.zeros(30, int)}, "at least 2 are needed"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    path = _changed(tmp_path / "wrong.npz", **changes)
    with pytest.raises(Refused, match=fault) as refusal:
        read(path, "dataset.path", path.parent)
    assert str(refusal.value).startswith(f"dataset.path={path}: ")


def _nested(shape: tuple[int, ...]) -> Any:
    kind: np.dtype[Any] = np.dtype(np.uint8)
    for _ in range(90):
        kind = np.dtype([("a_field", kind)])
    return np.zeros(shape, kind)


LONG = "\x1b[31m\n" + "x" * 1_000
TEXTS = np.array(["a", "b", LONG])[np.arange(90) % 3]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"classes": np.array(["a", LONG, LONG])}, "classes has the name ?[31m?x"),
        ({"y_train": TEXTS, "y_test": np.array(["a", LONG + "y"] * 15)}, "y_test has the label "),
        ({"x_train": _nested((90, 8, 8))}, "x_train has type [('a_field', "),
        ({"y_train": _nested((90,))}, "y_train has type [('a_field', "),
    ],
)
def test_what_a_file_names_is_shown_in_one_short_line(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    path = _changed(tmp_path / "long.npz", **changes)
    with pytest.raises(Refused) as refusal:
        read(path, "dataset.path", path.parent)
    text = str(refusal.value).removeprefix(f"dataset.path={path}: ")
    assert text.startswith(fault)
    assert text.isprintable()
    assert len(text) < 250


def test_a_header_that_cannot_be_read_is_not_shown_whole(npz: Path) -> None:
    header = b"{" + b"x" * 9_000
    with zipfile.ZipFile(npz, "w") as file:
        for name in NAMES:
            size = len(header).to_bytes(2, "little")
            file.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + size + header)
    with pytest.raises(Refused, match=r"not a readable \.npz file") as refusal:
        read(npz, "dataset.path", npz.parent)
    assert len(str(refusal.value).removeprefix(f"dataset.path={npz}")) < 400


@pytest.mark.parametrize("damage", ["text", "cut", "flipped", "pickled", "method", "bytes"])
def test_an_unreadable_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = write_npz(tmp_path / "damaged.npz")
    whole = path.read_bytes()
    if damage == "text":
        path.write_text("not a zip")
    elif damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        path.write_bytes(whole[:500] + b"\xff" * 50 + whole[550:])
    elif damage == "method":
        # A compression that nobody has: the number behind the first entry's signature and flags.
        at = whole.index(b"PK\x01\x02") + 10
        path.write_bytes(whole[:at] + b"\x63\x00" + whole[at + 2 :])
    elif damage == "bytes":
        with zipfile.ZipFile(path, "w") as file:
            for name in NAMES:
                file.writestr(name, b"no array")
    else:
        _changed(path, x_test=np.array([{}], dtype=object))
    with pytest.raises(
        Refused, match=r"not a readable \.npz file|is no array|holds objects|in an unknown way"
    ):
        read(path, "dataset.path", path.parent)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no such file; give an \.npz file with x_train"):
        read(tmp_path / "absent.npz", "dataset.path", tmp_path)


@pytest.mark.parametrize("kind", NPZ)
def test_what_no_file_can_hold_is_refused_before_it_is_unpacked(kind: str, npz: Path) -> None:
    change, fault = NPZ[kind]
    change(npz)
    with pytest.raises(Refused) as refusal:
        read(npz, "dataset.path", npz.parent)
    assert str(refusal.value).startswith(f"dataset.path={npz}: ")
    assert fault in str(refusal.value)
    assert len(str(refusal.value)) < 400
    assert not Path("marker").exists()


def test_images_that_do_not_fit_into_the_memory_are_refused(
    npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(npz, "dataset.path", npz.parent)
    machine = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine._replace(available=30_000))
    with pytest.raises(Refused) as refusal:
        read(npz, "dataset.path", npz.parent)
    assert str(refusal.value) == (
        f"dataset.path={npz}: its arrays take 3.85e-05 GB of memory while they are read: must "
        "be at most the 3e-05 GB that are free; take fewer or smaller images"
    )


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every file for a large one."""
    monkeypatch.setattr(npz_bounds, "_LARGE", 0)


def _mapped(array: np.ndarray) -> bool:
    return isinstance(array.base, np.memmap)


@pytest.mark.usefixtures("_large")
def test_large_arrays_are_mapped_from_the_cache(npz: Path, tmp_path: Path) -> None:
    with np.load(npz) as file:
        stored = dict(file)
    stored["classes"] = np.array(["ant", "bee", "cow"])
    stored["x_test"] = np.asfortranarray(stored["x_test"].astype(">i8"))
    np.savez_compressed(npz, **stored)
    for _ in range(2):
        arrays = read(npz, "dataset.path", tmp_path / "cache")
        assert arrays.classes == ("ant", "bee", "cow")
        for name in NAMES:
            array = getattr(arrays, name)
            assert _mapped(array)
            assert not array.flags.writeable
            np.testing.assert_array_equal(array, stored[name])
        assert arrays.x_test.dtype == arrays.x_train.dtype == np.uint8
    (kept,) = (tmp_path / "cache" / "datasets").glob("npz-*")
    assert kept.stat().st_mode & 0o777 == 0o700
    # Another file in its place is another data set, whatever its times say.
    times = npz.stat()
    np.savez(npz, **{**stored, "x_train": stored["x_train"] + 1})
    os.utime(npz, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (
        read(npz, "dataset.path", tmp_path / "cache").x_train.max() == stored["x_train"].max() + 1
    )


@pytest.mark.usefixtures("_large")
def test_large_numbers_of_any_kind_are_kept_as_floats(tmp_path: Path) -> None:
    series = np.random.default_rng(0).normal(0, 1e3, (20, 7, 3))
    labels = np.arange(20) % 2
    path = tmp_path / "series.npz"
    np.savez(path, x_train=series, x_test=series.astype(np.float16), y_train=labels, y_test=labels)
    read_back = read(path, "dataset.path", tmp_path, pixels=False)
    np.testing.assert_array_equal(read_back.x_train, series.astype(np.float32))
    assert read_back.x_test.dtype == np.float32


@pytest.mark.usefixtures("_large")
def test_what_is_wrong_with_large_arrays_is_said_as_of_small_ones(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with np.load(npz) as file:
        stored = dict(file)
    np.savez(tmp_path / "short.npz", **{**stored, "y_test": stored["y_test"][1:]})
    np.savez(tmp_path / "less.npz", x_train=stored["x_train"])
    for name, fault in (("short", "x_test has 30 images, y_test 29"), ("less", "no array y_train")):
        with pytest.raises(Refused, match=fault):
            read(tmp_path / f"{name}.npz", "dataset.path", tmp_path / "cache")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000))
    with pytest.raises(Refused) as refusal:
        read(npz, "dataset.path", tmp_path / "cache")
    assert str(refusal.value) == (
        f"dataset.path={npz}: its arrays take 7.8e-06 GB of disk, and 5.76e-06 GB while they are "
        f"converted; cache.folder={tmp_path / 'cache'} has 1e-05 GB free: take fewer or smaller "
        "images, or another cache"
    )
    assert not [path for path in (tmp_path / "cache" / "datasets").iterdir() if path.is_dir()]
