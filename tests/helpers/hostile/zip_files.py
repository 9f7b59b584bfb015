"""Write .keras files that no model.save(...) writes, from one that it wrote."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

_ZEROS = bytes(1 << 20)


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def _write(path: Path, members: dict[str, bytes]) -> zipfile.ZipFile:
    path.unlink()
    file = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    for name, content in members.items():
        file.writestr(name, content)
    return file


def _zeros(file: zipfile.ZipFile, name: str, megabytes: int, before: bytes = b"") -> None:
    with file.open(name, "w", force_zip64=True) as member:
        member.write(before)
        for _ in range(megabytes):
            member.write(_ZEROS)


def bomb(path: Path, name: str, megabytes: int) -> None:
    """Let a member unpack to a thousand times its size."""
    members = _members(path)
    before = members.pop(name)
    with _write(path, members) as file:
        _zeros(file, name, megabytes, before)


def large_weights(path: Path) -> None:
    """Append zeros to the weights."""
    bomb(path, "model.weights.h5", 250)


def large_config(path: Path) -> None:
    """Append spaces to the configuration, which JSON allows."""
    bomb(path, "config.json", 40)


def lying_size(path: Path) -> None:
    """Say that a member with 40 MB of configuration has as many bytes as before."""
    with zipfile.ZipFile(path) as file:
        size = file.getinfo("config.json").file_size
    large_config(path)
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"config.json") - 46
    assert whole[at : at + 4] == b"PK\x01\x02"
    whole[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(whole)


def many_members(path: Path) -> None:
    """Add two thousand members."""
    with _write(path, _members(path)) as file:
        for at in range(2_000):
            file.writestr(f"{at}", b"")


def long_directory(path: Path) -> None:
    """Add members with names of 60 kB."""
    with _write(path, _members(path)) as file:
        for at in range(100):
            file.writestr(f"{at}" + "x" * 60_000, b"")


def two_of_a_name(path: Path) -> None:
    """Add a second configuration."""
    with _write(path, _members(path)) as file:
        file.writestr("config.json", b"{}")


def encrypted(path: Path) -> None:
    """Say that a member is encrypted."""
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"config.json") - 46
    whole[at + 8] |= 1
    path.write_bytes(whole)


def compressed_by_lzma(path: Path) -> None:
    """Compress by a method that may ask for gigabytes."""
    members = _members(path)
    with _write(path, {}) as file:
        for name, content in members.items():
            file.writestr(name, content, zipfile.ZIP_LZMA)


def outside(path: Path) -> None:
    """Add a member outside of the folder."""
    with _write(path, _members(path)) as file:
        file.writestr("../marker", b"written")


def absolute(path: Path) -> None:
    """Add a member with a path from the root."""
    with _write(path, _members(path)) as file:
        file.writestr("/tmp/marker", b"written")  # noqa: S108


def deep_json(path: Path) -> None:
    """Nest a configuration a hundred thousand times."""
    members = _members(path)
    members["config.json"] = b"[" * 100_000 + b"]" * 100_000
    _write(path, members).close()


def no_hdf5(path: Path) -> None:
    """Let the weights be something else."""
    members = _members(path)
    members["model.weights.h5"] = b"weights"
    _write(path, members).close()


# What each is refused for.
ZIP: dict[str, tuple[Callable[[Path], None], str]] = {
    "large weights": (large_weights, "must be at most 100 times as much; save the model again"),
    "large config": (large_config, "its config.json has more than 32 MB"),
    "lying size": (lying_size, "cannot be read (BadZipFile: Bad CRC-32"),
    "many members": (many_members, "is a zip file of 2,00"),
    "long directory": (long_directory, "is a zip file of too many members"),
    "two of a name": (two_of_a_name, "is a zip file with two members of the name config.json"),
    "encrypted": (encrypted, "is a zip file whose member config.json is encrypted"),
    "LZMA": (compressed_by_lzma, "is compressed in an unknown way"),
    "outside": (outside, "is a zip file with a member outside of its folder: ../marker"),
    "absolute": (absolute, "is a zip file with a member outside of its folder: /tmp/marker"),
    "deep JSON": (deep_json, "cannot be read (RecursionError"),
    "no HDF5": (no_hdf5, "its model.weights.h5 is no HDF5 file"),
}
