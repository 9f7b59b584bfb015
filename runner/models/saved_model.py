"""The bytes of a SavedModel's keras_metadata.pb go in; what it says of each object comes out.

TensorFlow could read them; it is not imported where a sweep is planned.
"""

import json
from collections.abc import Iterator
from typing import Any

# Fields of the messages in Keras' saved_metadata.proto.
_NODES, _PATH, _METADATA = 1, 3, 5
# Wire types of protobuf.
_NUMBER, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


def objects_in_metadata(content: bytes) -> dict[str, Any]:
    """Return the description of each object by its path from the root; "root" is the model.

    Raises:
        ValueError: these are not the bytes of such a file.
    """
    objects = {}
    for field, node in _fields(content):
        if field == _NODES:
            values = dict(_fields(node))
            metadata = values.get(_METADATA, b"")
            objects[values.get(_PATH, b"").decode()] = json.loads(metadata) if metadata else {}
    return objects


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of each field that has bytes."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        size = {_NUMBER: 0, _EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(tag & 7)
        if tag & 7 in (_NUMBER, _BYTES):
            value, at = _number(message, at)
            size = value if size is None else 0
        if size is None or at + size > len(message):
            raise ValueError("it is damaged")
        if tag & 7 == _BYTES:
            yield tag >> 3, message[at : at + size]
        at += size


def _number(message: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first; return it and where it ends."""
    value = 0
    for end, byte in enumerate(message[at : at + 10], at + 1):
        value |= (byte & 127) << 7 * (end - at - 1)
        if byte < 128:
            return value, end
    raise ValueError("it is damaged")
