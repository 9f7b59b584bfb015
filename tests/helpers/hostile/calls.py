"""Describe models of Keras 2 in which layers are called with what does harm."""

from typing import Any

from tests.helpers.hostile.model_files import Described, functional, layer


def operations(marker: str, private: str) -> dict[str, Any]:
    """Describe models in which a function of TensorFlow is called."""

    def call(function: str, first: Any = ("image", 0, 0), **arguments: Any) -> Described:
        kind = layer("TFOpLambda", "keras.src.layers.core.tf_op_layer", name="op")
        kind["config"]["function"] = function
        return functional(kind, [[*first, arguments]])

    return {
        "write_file": call("io.write_file", ("_CONSTANT_VALUE", -1, marker), contents="x"),
        "read_file": call("io.read_file", ("_CONSTANT_VALUE", -1, private)),
        "py_function": call("py_function", Tout="float32"),
        "load_library": call("load_op_library", ("_CONSTANT_VALUE", -1, private)),
        "vocabulary_of_sampler": call(
            "nn.fixed_unigram_candidate_sampler", vocab_file=private, num_true=1
        ),
        "decode_image": call("image.decode_image"),
        "object_as_argument": call("nn.relu", other=layer("Lambda", name="code")),
        "operation_of_no_text": call(["nn.relu"]),  # type: ignore[arg-type]
        "operation_of_a_class": call("nn.RNNCellDeviceWrapper"),
        "operation_of_keras": call("keras.models.load_model", ("_CONSTANT_VALUE", -1, private)),
    }


def without_order() -> dict[str, Any]:
    """Describe models in which a layer waits for ever for what it takes."""

    def called(*source: Any, **arguments: Any) -> Described:
        return functional(layer("ReLU", name="middle"), [[*source, arguments]])

    return {
        "takes_its_own": called("middle", 0, 0),
        "takes_a_later_one": called("out", 0, 0),
        "takes_a_second_call": called("flat", 1, 0),
        "takes_a_call_before_the_first": called("flat", -1, 0),
        "takes_a_call_of_no_number": called("flat", "Dense", 0),
        "takes_a_later_one_by_name": called("image", 0, 0, mask=["out", 0, 0]),
    }
