"""Read what a SavedModel says of the Keras objects in it, without TensorFlow.

Keras describes them in keras_metadata.pb, in the message SavedMetadata of its saved_metadata.proto.
"""

import functools
import json
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass


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
