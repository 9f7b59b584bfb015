"""Read the size of an image from the beginning of its file, before anything is decoded."""

import struct
from typing import BinaryIO

_PNG, _GIF, _BMP, _JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"BM", b"\xff\xd8"
_BEGINNING = 32
# In JPEG files: the segments that hold the size, and those that hold nothing.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_EMPTY = {0x01, *range(0xD0, 0xD9)}
_MOST_SEGMENTS = 10_000


def size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height in pixels; None for what is no image, or has no such beginning.

    Args:
        file: a BMP, GIF, JPEG or PNG file, open for reading.
    """
    beginning = file.read(_BEGINNING)
    try:
        if beginning.startswith(_PNG):
            return _pair(">II", beginning, 16)
        if beginning.startswith(_GIF):
            return _pair("<HH", beginning, 6)
        if beginning.startswith(_BMP):
            # The oldest ones have a header of 12 bytes; a height below 0 is that of rows upwards.
            old = beginning[14:18] == struct.pack("<I", 12)
            return _pair("<HH" if old else "<ii", beginning, 18)
        if beginning.startswith(_JPEG):
            return _size_of_jpeg(file)
    except struct.error:
        pass
    return None


def _pair(form: str, beginning: bytes, at: int) -> tuple[int, int]:
    width, height = struct.unpack_from(form, beginning, at)
    return abs(width), abs(height)


def _marker(file: BinaryIO) -> int:
    """Read the next marker; as libjpeg does, skip bytes that belong to no segment."""
    byte = b""
    while byte != b"\xff":
        byte = _byte(file)
    while byte == b"\xff":
        byte = _byte(file)
    return byte[0]


def _byte(file: BinaryIO) -> bytes:
    byte = file.read(1)
    if not byte:
        raise struct.error("the file has ended")
    return byte


def _size_of_jpeg(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(len(_JPEG))
    for _ in range(_MOST_SEGMENTS):
        kind = _marker(file)
        if kind in _EMPTY:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if kind in _FRAMES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return width, height
        file.seek(length - 2, 1)
    return None
