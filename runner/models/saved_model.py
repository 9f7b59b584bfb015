"""Read what a SavedModel says of the Keras objects in it, without TensorFlow.

Keras describes them in keras_metadata.pb, in the message SavedMetadata of its saved_metadata.proto.
"""

import functools
import json
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from runner.models import parts
from runner.models.errors import Unfit

# Keras describes its objects here; the rest is TensorFlow's.
METADATA = "keras_metadata.pb"


def refuse_program(path: Path) -> None:
    """Refuse a SavedModel of Keras, because loading it may do anything; it needs to be trusted.

    Its graph, its resources and its layers' code run when it is loaded, and TensorFlow and Keras
    each find objects in it by another way than their description does.

    Raises:
        Unfit: it is such a SavedModel.
    """
    try:
        program = all((path / name).is_file() for name in ("saved_model.pb", METADATA))
    except OSError:
        # What cannot be read is refused by whoever reads it.
        return
    if program:
        raise Unfit(
            "is a SavedModel, a program that runs when it is loaded: save the model as a .keras "
            "file; or, if you trust whoever made it, set architecture.trust=true"
        )


def require_keras_own(described: dict[str, Any], foreign: str) -> None:
    """Check one object of a SavedModel that is trusted.

    Args:
        described: the object as Keras describes it.
        foreign: reason to refuse an object that is no part of Keras.

    Raises:
        Unfit: it is no part of Keras.
    """
    kind = parts.kind(described)
    # The code of a class that was registered by its author is not in the folder.
    if kind == "function" or (">" in kind and not kind.startswith("Keras>")):
        raise Unfit(foreign)


def objects_in_metadata(content: bytes) -> dict[str, Any]:
    """Return the description of each object by its path from the root; "root" is the model.

    Args:
        content: bytes of a file keras_metadata.pb.

    Raises:
        ValueError: these are not the bytes of such a file.
    """
    try:
        nodes = _saved_metadata().FromString(content).nodes
    except DecodeError as error:
        raise ValueError("it is damaged") from error
    return {node.node_path: json.loads(node.metadata or "{}") for node in nodes}


@functools.cache
def _saved_metadata() -> Any:
    """Declare the fields that are read here, in a pool of its own; protobuf skips all others.

    Keras' own module with these messages imports TensorFlow.
    """
    field = FieldDescriptorProto
    file = FileDescriptorProto(name="saved_metadata.proto", syntax="proto3")
    node = file.message_type.add(name="SavedObject")
    for name, number in (("node_path", 3), ("metadata", 5)):
        node.field.add(name=name, number=number, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    file.message_type.add(name="SavedMetadata").field.add(
        name="nodes",
        number=1,
        type=field.TYPE_MESSAGE,
        type_name=".SavedObject",
        label=field.LABEL_REPEATED,
    )
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("SavedMetadata"))
