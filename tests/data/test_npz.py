import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

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
    arrays = read(npz, "dataset.path")
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
        read(path, "dataset.path")
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
        read(path, "dataset.path")
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
        read(npz, "dataset.path")
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
        read(path, "dataset.path")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no such file; give an \.npz file with x_train"):
        read(tmp_path / "absent.npz", "dataset.path")


@pytest.mark.parametrize("kind", NPZ)
def test_what_no_file_can_hold_is_refused_before_it_is_unpacked(kind: str, npz: Path) -> None:
    change, fault = NPZ[kind]
    change(npz)
    with pytest.raises(Refused) as refusal:
        read(npz, "dataset.path")
    assert str(refusal.value).startswith(f"dataset.path={npz}: ")
    assert fault in str(refusal.value)
    assert len(str(refusal.value)) < 400
    assert not Path("marker").exists()


def test_images_that_do_not_fit_into_the_memory_are_refused(
    npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter of them fits as bytes, but a model computes with numbers of four bytes."""
    read(npz, "dataset.path")
    machine = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine._replace(available=30_000))
    with pytest.raises(Refused) as refusal:
        read(npz, "dataset.path")
    assert str(refusal.value) == (
        f"dataset.path={npz}: its arrays take 3.85e-05 GB of memory, as numbers that a model "
        "computes with: must be at most the 3e-05 GB that are free; take fewer or smaller images"
    )
