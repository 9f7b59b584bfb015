"""Write model files that say what they are told to say, without Keras.

Nothing of what they describe is loaded here. Their weights are missing: code in a description runs
before Keras looks for weights.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]

Described = dict[str, Any]
KERAS_2, KERAS_3 = "2.15.0", "3.10.0"


def layer(kind: Any, module: Any = "keras.layers", /, **config: Any) -> Described:
    """Describe a layer as both Keras do."""
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def sequential(*inside: Any, version: str = KERAS_2) -> Described:
    """Describe a classifier of images of 8x8 pixels, with these layers after its input."""
    shape = "batch_shape" if version == KERAS_3 else "batch_input_shape"
    image = layer("InputLayer", name="image", dtype="float32", **{shape: [None, 8, 8, 1]})
    last = [layer("Flatten", name="flat"), layer("Dense", name="out", units=3)]
    return layer("Sequential", "keras", name="model", layers=[image, *inside, *last])


def functional(middle: Described, node: Any) -> Described:
    """Describe a Keras 2 classifier in which a layer is called as this node says."""
    image = layer("InputLayer", name="image", dtype="float32", batch_input_shape=[None, 8, 8, 1])
    flat, out = layer("Flatten", name="flat"), layer("Dense", name="out", units=3)
    named = [image, middle, flat, out]
    calls = [[], node, [[[middle["config"]["name"], 0, 0, {}]]], [[["flat", 0, 0, {}]]]]
    for each, call in zip(named, calls, strict=True):
        each |= {"name": each["config"]["name"], "inbound_nodes": call}
    ends = {"input_layers": [["image", 0, 0]], "output_layers": [["out", 0, 0]]}
    return layer("Functional", "keras", name="model", layers=named, **ends)


def write(described: Any, path: Path, version: str = KERAS_2) -> Path:
    """Write a file that describes its model so, as the ending of its name says."""
    text = described if isinstance(described, str) else json.dumps(described)
    if path.suffix == ".keras":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("metadata.json", json.dumps({"keras_version": version}))
            file.writestr("config.json", text)
            with h5py.File(path.with_suffix(".weights"), "w") as weights:
                weights.create_group("vars")
            file.write(path.with_suffix(".weights"), "model.weights.h5")
        path.with_suffix(".weights").unlink()
        return path
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = version, "tensorflow"
        file.attrs["model_config"] = text
        file.create_group("model_weights").attrs["layer_names"] = []
    return path
