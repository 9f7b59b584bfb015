"""List descriptions of models that run code, read files, or name what is not Keras' own.

Each is harmless: what would run creates a marker file, what would be read is a file of the test.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.helpers.hostile import calls, payload
from tests.helpers.hostile.model_files import KERAS_2, Described, layer, sequential


def descriptions(marker: Path, private: Path, version: str) -> Iterator[tuple[str, Any]]:
    """Yield the name of each description of a model, and the description.

    Args:
        marker: what code in them would create.
        private: a file that no model has to read.
        version: of the Keras that would have written them.
    """
    function = payload.function(marker)
    found = _layers(function, str(private)) | _of_keras_3(str(private))
    for name, inside in found.items():
        yield name, sequential(inside, version=version)
    for kind in ("ResidualWrapper", "DropoutWrapper"):
        rows = layer("Reshape", name="rows", target_shape=[8, 8])
        cell = layer("RNN", name="rnn", cell=_cell(kind, function))
        yield f"lambda_in_{kind}", sequential(rows, cell, version=version)
    if version == KERAS_2:
        yield from calls.operations(str(marker), str(private)).items()
        yield from calls.without_order().items()
    for name, make in _OTHERS.items():
        yield name, make(_code(function))


def _code(function: Any, module: str = "keras.layers", kind: str = "Lambda") -> Described:
    return layer(kind, module, name="code", function=function, function_type="lambda", module="x")


def _cell(kind: str, function: Any) -> Described:
    """Describe a cell of a recurrent network that calls a function of the file."""
    part = {"ResidualWrapper": "residual_fn", "DropoutWrapper": "dropout_fn"}[kind]
    return layer(
        kind,
        name="cell",
        **({"state_keep_prob": 0.5} if kind == "DropoutWrapper" else {}),
        cell=layer("SimpleRNNCell", units=8, name="inner"),
        **{part: function, f"{part}_type": "lambda", f"{part}_module": "x"},
    )


def _layers(function: Any, private: str) -> dict[str, Any]:
    """Describe layers that stand first in the model."""
    code = _code(function)
    dense: dict[str, Any] = {"name": "dense", "units": 3}
    system = {"module": "os", "class_name": "function", "config": "system"}
    return {
        "lambda": code,
        "lambda_object": _code({"class_name": "__lambda__", "config": {"value": function}}),
        "lambda_registered": {**code, "registered_name": "Dense"},
        "lambda_of_keras": {**code, "class_name": "Keras>Lambda"},
        "lambda_by_path": _code(function, "tf_keras.src.layers.core", "lambda_layer.Lambda"),
        "lambda_by_module": _code(function, "tf_keras.src.layers.core.lambda_layer"),
        "lambda_in_wrapper": layer("TimeDistributed", name="each", layer=code),
        "lambda_in_two_wrappers": layer(
            "TimeDistributed", name="all", layer=layer("TimeDistributed", name="each", layer=code)
        ),
        "lambda_in_inner_model": sequential(code),
        "lambda_as_activation": layer("Dense", **dense, activation=code),
        "lambda_as_initializer": layer("Dense", **dense, kernel_initializer=code),
        "lambda_as_regularizer": layer("Dense", **dense, activity_regularizer=code),
        "lambda_as_constraint": layer("Dense", **dense, kernel_constraint=code),
        "lambda_as_dtype": layer("Dense", **dense, dtype=code),
        "lambda_in_build": {**layer("Dense", **dense), "build_config": {"input_shape": code}},
        "lambda_in_compile": {**sequential(), "compile_config": {"optimizer": code}},
        "lambda_in_loss": {**sequential(), "compile_config": {"loss": [[{"deep": code}]]}},
        "lambda_in_list": layer("Dense", **dense, units_=[[{"a": [{"b": code}]}]]),
        "kind_that_is_a_list": {**code, "class_name": ["Lambda"]},
        "kind_that_is_an_object": {**code, "class_name": {"Lambda": "Lambda"}},
        "kind_that_is_nothing": {**code, "class_name": None},
        "other_case": {**code, "class_name": "lambda"},
        "os_function": layer("Dense", **dense, activation=system),
        "os_class": layer("Popen", "os", name="popen"),
        "keras_function": layer("Dense", **dense, activation={**system, "module": "keras.utils"}),
        "get_file": layer("get_file", "tf_keras.src.utils.data_utils", name="get"),
        "enable": layer("enable_unsafe_deserialization", "keras.__internal__", name="enable"),
        "load_model": layer("load_model", "keras.models", name="load"),
        "registered_as": {**layer("Dense", **dense), "registered_name": "Custom>Adam"},
        "module_of_dense": {**layer("Dense", "os", **dense)},
        "module_below_layers": {**layer("Dense", "keras.layers.os.path.join", **dense)},
        "module_of_no_text": {**layer("Dense", ["keras.layers"], **dense)},
        "activation_by_name": layer("Dense", **dense, activation="keras_export"),
        "activation_deserialize": layer("Activation", name="act", activation="deserialize"),
        "initializer_by_name": layer("Dense", **dense, kernel_initializer="Lambda"),
        "constraint_by_name": layer("Dense", **dense, kernel_constraint="get_file"),
        "type_spec": layer("Dense", **dense, units_={"class_name": "TypeSpec", "type_spec": "x"}),
        "typespec": layer(
            "Dense", **dense, units_={**layer("__typespec__", "os"), "spec_name": "x"}
        ),
        "composite": layer("Dense", **dense, units_=["_COMPOSITE_TYPE", '{"class_name": "x"}']),
        "string_lookup": layer("StringLookup", name="words", vocabulary=private),
        "integer_lookup": layer("IntegerLookup", name="numbers", vocabulary=private),
        "text": layer("TextVectorization", name="text", vocabulary=private),
        "feature_columns": layer("DenseFeatures", name="columns", feature_columns=[]),
        "instance_method": layer("InstanceMethod", name="method", attr_name="numpy"),
        "class_method": layer(
            "ClassMethod", name="method", cls_symbol="io.gfile.GFile", method_name="read"
        ),
        "operation_node": layer("TensorFlowOpLayer", name="op", node_def="", constants={}),
        "deeply_nested_layer": _deep(code, 300),
    }


def _of_keras_3(private: str) -> dict[str, Any]:
    """Describe layers that only Keras 3 has, or that it would look for elsewhere."""
    get_file = {"module": "keras.utils", "class_name": "function", "config": "get_file"}
    return {
        "saved_model": layer("TFSMLayer", name="program", filepath=private),
        "torch": layer("TorchModuleWrapper", name="torch", module="x"),
        "jax": layer("JaxLayer", name="jax", call_fn="x"),
        "flax": layer("FlaxLayer", name="flax", module="x"),
        "pipeline": layer("Pipeline", name="all", layers=[layer("Lambda", name="code")]),
        "map": layer("Map", "keras.src.ops.core", name="map", f=get_file),
        "get_file_object": layer("Dense", name="dense", units=3, activation=get_file),
        "allow": layer("enable_unsafe_deserialization", "keras.config", name="allow"),
        "load": layer("load_model", "keras.saving", name="load", filepath=private),
        "policy": layer(
            "Dense", name="dense", dtype=layer("QuantizedDTypePolicy", "keras", mode="x")
        ),
        "initializer_module": layer(
            "Dense", name="dense", kernel_initializer=layer("Zeros", "keras.initializers.os")
        ),
        "optimizer_that_is_none": {
            **sequential(),
            "compile_config": {"optimizer": layer("Popen", "keras.optimizers")},
        },
        "loss_that_is_none": {
            **sequential(),
            "compile_config": {"loss": layer("deserialize", "keras.losses")},
        },
    }


def _deep(inside: Described, levels: int) -> Described:
    for number in range(levels):
        inside = layer("TimeDistributed", name=f"each_{number}", layer=inside)
    return inside


_OTHERS: dict[str, Callable[[Described], Any]] = {
    "top_is_a_lambda": lambda code: code,
    "top_is_a_list": lambda code: [sequential(code)],
    "top_is_a_text": lambda _: "Lambda",
    "top_is_a_number": lambda _: 3,
    "top_names_os": lambda code: {**sequential(code), "module": "os"},
    "layers_in_an_object": lambda code: {
        **sequential(),
        "config": {"name": "model", "layers": {"class_name": "Lambda", "config": code}},
    },
    "old_sequential": lambda code: {
        "class_name": "Sequential",
        "config": [*sequential(code)["config"]["layers"]],
    },
    "passive": lambda code: layer("Dense", units={**code, "__passive_serialization__": True}),
    "said_twice": lambda _: (
        '{"class_name": "Sequential", "config": {"name": "s", "layers": []}, '
        '"class_name": "Lambda"}'
    ),
    "very_deep": lambda _: '{"class_name": "Sequential", "config": ' + "[" * 100_000,
    "deep": lambda _: '{"class_name": "Sequential", "config": ' + "[" * 700 + "]" * 700 + "}",
}
