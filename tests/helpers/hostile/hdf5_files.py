"""Change whole models in HDF5 files into ones that no model.save(...) writes."""

import os
from collections.abc import Callable
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np

# The array of weights that is changed.
KERNEL = "out/kernel"
_VAST = 1 << 40


def _weights(file: h5py.File) -> tuple[h5py.Group, str]:
    """Find the group of an array named kernel, and the array's name in it."""
    found: list[str] = []
    file.visititems(
        lambda name, each: (
            found.append(name)
            if isinstance(each, h5py.Dataset) and each.ndim == 2 and each.dtype.kind == "f"
            else None
        )
    )
    folder, _, name = found[-1].rpartition("/")
    return file[folder], name


def external_storage(path: Path, secret: Path) -> None:
    """Let the weights be the bytes of another file."""
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        shape = group[name].shape
        del group[name]
        size = int(np.prod(shape)) * 4
        group.create_dataset(name, shape, "<f4", external=[(os.fspath(secret), 0, size)])


def external_link(path: Path, secret: Path) -> None:
    """Let the weights be an array of another HDF5 file."""
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        with h5py.File(secret, "w") as other:
            other["stolen"] = np.ones(group[name].shape, "<f4")
        del group[name]
        group[name] = h5py.ExternalLink(os.fspath(secret), "/stolen")


def virtual_dataset(path: Path, secret: Path) -> None:
    """Let the weights be a view of an array of another HDF5 file."""
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        shape = group[name].shape
        with h5py.File(secret, "w") as other:
            other["stolen"] = np.ones(shape, "<f4")
        del group[name]
        layout = h5py.VirtualLayout(shape, "<f4")
        layout[:] = h5py.VirtualSource(os.fspath(secret), "stolen", shape)
        group.create_virtual_dataset(name, layout)


def soft_link(path: Path, _: Path) -> None:
    """Let the weights be a name for others."""
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        file["elsewhere"] = group[name][()]
        del group[name]
        group[name] = h5py.SoftLink("/elsewhere")


def cycle(path: Path, _: Path) -> None:
    """Let a group hold itself."""
    with h5py.File(path, "a") as file:
        group, _name = _weights(file)
        group["again"] = group


def vast_weights(path: Path, _: Path) -> None:
    """Say that there are terabytes of weights, none of which is written."""
    _replace(path, (_VAST, 3), chunks=(1024, 3), compression="gzip")


def many_times_the_file(path: Path, _: Path) -> None:
    """Say that there is a gigabyte of weights, in a file of some kilobytes."""
    _replace(path, (1 << 27, 3), chunks=(1 << 12, 3), fillvalue=0)


def vast_piece(path: Path, _: Path) -> None:
    """Say that a few weights lie in a piece of gigabytes."""
    _replace(path, (1, 3), maxshape=(None, 3), chunks=(300_000_000, 3))


def one_array_many_times(path: Path, _: Path) -> None:
    """Give one array of a hundred megabytes a hundred names."""
    with h5py.File(path, "a") as file:
        array = file.create_dataset("many/0", (1 << 25,), "<f4", chunks=(1 << 12,))
        for at in range(1, 100):
            file[f"many/{at}"] = array


def texts(path: Path, _: Path) -> None:
    """Let the weights be texts of any length."""
    _replace(path, (4, 3), dtype=h5py.string_dtype())


def references(path: Path, _: Path) -> None:
    """Let the weights point at other places."""
    _replace(path, (4, 3), dtype=h5py.ref_dtype)


def compound_attribute(path: Path, _: Path) -> None:
    """Let an attribute be a record."""
    with h5py.File(path, "a") as file:
        file.attrs["record"] = np.zeros((), [("a", "<f4"), ("b", "<i4")])


def double_gzip(path: Path, _: Path) -> None:
    """Compress a piece twice, so that a kilobyte may hold a gigabyte."""
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        shape = group[name].shape
        del group[name]
        made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        made.set_chunk(shape)
        made.set_deflate(9)
        made.set_deflate(9)
        space = h5py.h5s.create_simple(shape)
        h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, made)


def _replace(path: Path, shape: tuple[int, ...], dtype: object = "<f4", **details: object) -> None:
    with h5py.File(path, "a") as file:
        group, name = _weights(file)
        del group[name]
        group.create_dataset(name, shape, dtype, **details)


# What each is refused for.
H5: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "external storage": (external_storage, "takes its numbers from another file: must hold them"),
    "external link": (external_link, "is a link to another place: must be an array or a group"),
    "virtual dataset": (virtual_dataset, "takes its numbers from another file: must hold them"),
    "soft link": (soft_link, "is a link to another place: must be an array or a group"),
    "cycle": (cycle, "is another name of a group: must be a group of its own"),
    "vast weights": (vast_weights, "of weights: must be at most 5,000.0 MB"),
    "many times the file": (many_times_the_file, "must be at most 100 times as much"),
    "vast piece": (vast_piece, "of weights in "),
    "one array many times": (one_array_many_times, "of weights: must be at most 5,000.0 MB"),
    "texts": (texts, "holds something else than numbers"),
    "references": (references, "holds something else than numbers"),
    "compound attribute": (compound_attribute, "has an attribute that is no text and no number"),
    "double gzip": (double_gzip, "is compressed in an unknown way"),
}
