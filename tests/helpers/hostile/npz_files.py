"""Write .npz files that numpy.savez does not write, from one that it wrote."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

_ZEROS = bytes(1 << 20)


def header(shape: tuple[int, ...], kind: str = "|u1") -> bytes:
    """The beginning of an array."""
    written = io.BytesIO()
    described = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(written, described)
    return written.getvalue()


def _replaced(path: Path, name: str = "x_train.npy") -> zipfile.ZipFile:
    """Write the file again without an array."""
    with zipfile.ZipFile(path) as full:
        others = {each: full.read(each) for each in full.namelist() if each != name}
    file = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    for each, content in others.items():
        file.writestr(each, content)
    return file


def _images(path: Path, shape: tuple[int, ...], megabytes: int) -> None:
    with _replaced(path) as file, file.open("x_train.npy", "w", force_zip64=True) as member:
        member.write(header(shape))
        for _ in range(megabytes):
            member.write(_ZEROS)


def vast_shape(path: Path) -> None:
    """Say that a few bytes are terabytes of images."""
    _images(path, (1 << 30, 64, 64), 1)


def unpacks_to_gigabytes(path: Path) -> None:
    """Say in header and directory that a few bytes unpack to a gigabyte."""
    _images(path, (1 << 20, 32, 32), 1)
    _say_size(path, len(header((1 << 20, 32, 32))) + (1 << 30))


def lying_directory(path: Path) -> None:
    """Say in the directory that there are less bytes than the shape makes."""
    _images(path, (1 << 10, 32, 32), 1)
    _say_size(path, 1_000_000)


def _say_size(path: Path, size: int) -> None:
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"x_train.npy") - 46
    assert whole[at : at + 4] == b"PK\x01\x02"
    whole[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(whole)


def no_bytes_each(path: Path) -> None:
    """Say that there are endless labels of no letters."""
    with _replaced(path, "y_train.npy") as file:
        file.writestr("y_train.npy", header((1 << 60,), "<U0"))


def negative(path: Path) -> None:
    """Say that an array has less than no images."""
    with _replaced(path) as file:
        file.writestr("x_train.npy", header((-1, -8, 8)) + bytes(64))


def objects(path: Path) -> None:
    """Write a pickle that would make a file."""
    with _replaced(path) as file:
        file.writestr("x_train.npy", header((1,), "|O") + b"cos\nsystem\n(S'touch marker'\ntR.")


def many_members(path: Path) -> None:
    """Add two thousand arrays."""
    with _replaced(path, "") as file:
        for at in range(2_000):
            file.writestr(f"more_{at}.npy", header((0,)))


def long_header(path: Path) -> None:
    """Write a header of fifty megabytes."""
    with _replaced(path) as file:
        text = b"(" * (50 << 20)
        file.writestr("x_train.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text)) + text)


# What each is refused for.
NPZ: dict[str, tuple[Callable[[Path], None], str]] = {
    "vast shape": (vast_shape, "its shape and type make 4,398,046,511,104"),
    "unpacks to gigabytes": (unpacks_to_gigabytes, "to 1.07 GB: must be at most 200 times as much"),
    "lying directory": (lying_directory, "bytes of numbers; its shape and type make 1,048,576"),
    "no bytes each": (no_bytes_each, "y_train.npy has an impossible shape"),
    "negative": (negative, "x_train.npy has an impossible shape"),
    "objects": (objects, "x_train.npy holds objects of Python: must hold numbers or texts"),
    "many members": (many_members, "is a zip file of 2,004 members: must be at most 1,000"),
    "long header": (long_header, "not a readable .npz file"),
}
