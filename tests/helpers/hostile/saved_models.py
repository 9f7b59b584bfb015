"""Write SavedModels of Keras 2 that run a payload when they are loaded."""

from pathlib import Path
from typing import Any

from tf_keras.protobuf import saved_metadata_pb2

from runner.backend import keras, tf
from runner.models.saved_model import METADATA
from tests.helpers.own_models import classifier, save


def with_a_resource(path: Path, marker: Path) -> Path:
    """A model that owns a table, of the kind that TensorFlow fills when it loads a model."""

    class Table(tf.saved_model.experimental.TrackableResource):  # type: ignore[misc, unused-ignore]
        def _create_resource(self) -> Any:
            return tf.raw_ops.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64)

        def _initialize(self) -> None:
            tf.io.write_file(str(marker), "ran")

    model = classifier()
    model.table = Table()
    model(tf.zeros((1, 8, 8, 1)))
    save(model, path)
    marker.unlink(missing_ok=True)
    return path


def with_a_twin(path: Path, marker: Path) -> Path:
    """A model with a Lambda, of which an entry with another number but the same path says nothing.

    Whoever tells objects apart by their paths finds the harmless twins; whoever does by their
    numbers, as Keras, finds the Lambda.
    """
    layers = keras.layers
    name = str(marker)
    code = layers.Lambda(lambda image: (__import__("pathlib").Path(name).touch(), image)[1])
    save(classifier(code), path)
    marker.unlink(missing_ok=True)
    save(classifier(layers.Reshape((8, 8, 1))), path.with_name("plain"))
    written = saved_metadata_pb2.SavedMetadata.FromString((path / METADATA).read_bytes())
    plain = (path.with_name("plain") / METADATA).read_bytes()
    last = written.nodes[-1]
    for twin in saved_metadata_pb2.SavedMetadata.FromString(plain).nodes:
        written.nodes.add(node_id=last.node_id, node_path=twin.node_path, metadata=twin.metadata)
    written.nodes.add().CopyFrom(last)
    (path / METADATA).write_bytes(written.SerializeToString())
    return path
