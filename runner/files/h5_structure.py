"""Check the structure of an HDF5 file of weights without reading any of them."""

import math
from collections.abc import Iterator
from typing import Any

import h5py  # type: ignore[import-untyped]
from h5py import h5a, h5d, h5o, h5s, h5t, h5z

from runner.files.regular_file import UnfitFile
from runner.files.sizes import require_plausible

_MOST_OBJECTS = 100_000
# In bytes, of the attributes of one object; Keras writes at most 64 kB into one.
_MOST_ATTRIBUTES = 64_000_000
_NUMBERS = (h5t.INTEGER, h5t.FLOAT, h5t.ENUM, h5t.BITFIELD)
# Any other filter is code that HDF5 looks for on the machine.
_FILTERS = {
    *(h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32, h5z.FILTER_LZF),
    *(h5z.FILTER_NBIT, h5z.FILTER_SCALEOFFSET, h5z.FILTER_SZIP),
}


def require_sound(file: h5py.File, stored: int) -> None:
    """Require that a file holds groups and arrays of numbers of its own, and no more than it can.

    Args:
        file: open for reading.
        stored: its bytes, compressed where it is part of a compressed file.

    Raises:
        UnfitFile: it takes data from other files or places, has objects without end, or says that
            it holds far more than so many bytes can.
        RuntimeError, OSError, KeyError, ValueError: it is damaged.
    """
    unpacked = 0
    for count, (name, found) in enumerate(_objects(file)):
        if count >= _MOST_OBJECTS:
            raise UnfitFile(f"holds more than {_MOST_OBJECTS:,} groups and arrays")
        _require_small_attributes(name, found)
        if isinstance(found, h5d.DatasetID):
            _require_own_numbers(name, found)
            unpacked += _bytes(found)
    require_plausible(unpacked, stored, "weights")


def _objects(file: h5py.File) -> Iterator[tuple[str, Any]]:
    """Yield each group and each array, by every name that it has."""
    seen: set[tuple[int, int]] = set()
    pending: list[tuple[str, Any]] = [("", h5o.open(file.id, b"/"))]
    while pending:
        name, found = pending.pop()
        yield name, found
        if not isinstance(found, h5py.h5g.GroupID):
            continue
        info = h5o.get_info(found)
        place = info.fileno, info.addr
        if place in seen:
            raise UnfitFile(f"{name} is another name of a group: must be a group of its own")
        seen.add(place)
        pending += _members(name, found)


def _members(name: str, group: Any) -> Iterator[tuple[str, Any]]:
    for each in group:
        path = f"{name}/{each.decode(errors='replace')}"
        if group.links.get_info(each).type != h5py.h5l.TYPE_HARD:
            raise UnfitFile(f"{path} is a link to another place: must be an array or a group")
        yield path, h5o.open(group, each)


def _require_own_numbers(name: str, array: Any) -> None:
    made = array.get_create_plist()
    if made.get_layout() == h5d.VIRTUAL or made.get_external_count():
        raise UnfitFile(f"{name} takes its numbers from another file: must hold them itself")
    kind = array.get_type()
    if kind.get_class() not in _NUMBERS and not _is_short_text(kind):
        raise UnfitFile(f"{name} holds something else than numbers")
    filters = [made.get_filter(at)[0] for at in range(made.get_nfilters())]
    if not _FILTERS.issuperset(filters) or len(set(filters)) < len(filters):
        raise UnfitFile(f"{name} is compressed in an unknown way: must be gzip, lzf, szip or none")


def _is_short_text(kind: Any) -> bool:
    return kind.get_class() == h5t.STRING and not kind.is_variable_str()


def _bytes(array: Any) -> int:
    """Return the bytes that an array takes in memory, at least those of one of its pieces."""
    made, size = array.get_create_plist(), array.get_type().get_size()
    sizes = [_count(array.get_space())]
    if made.get_layout() == h5d.CHUNKED:
        sizes.append(math.prod(made.get_chunk()))
    return max(sizes) * int(size)


def _count(space: Any) -> int:
    return 0 if space.get_simple_extent_type() == h5s.NULL else math.prod(space.shape)


def _require_small_attributes(name: str, found: Any) -> None:
    count, total = h5a.get_num_attrs(found), 0
    if count > _MOST_OBJECTS:
        raise UnfitFile(f"{name or 'it'} has {count:,} attributes")
    for at in range(count):
        attribute = h5a.open(found, index=at)
        kind = attribute.get_type()
        if kind.get_class() in (h5t.REFERENCE, h5t.OPAQUE, h5t.COMPOUND):
            raise UnfitFile(f"{name or 'it'} has an attribute that is no text and no number")
        # Texts of any length count as what points at them: only reading them tells how long they
        # are, which is left to a process that may not take much memory.
        total += _count(attribute.get_space()) * kind.get_size()
    if total > _MOST_ATTRIBUTES:
        raise UnfitFile(f"{name or 'it'} has attributes of {total / 1e6:,.0f} MB")
