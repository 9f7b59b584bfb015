"""What is written for firmware compiles, holds the bytes of the file, and prepares its images."""

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from runner.data.scale import Scale, scale_of
from runner.errors import Refused, RunnerError
from runner.firmware.bundle import write_bundle
from runner.firmware.facts import Facts
from tests.helpers.compiler import run_program
from tests.helpers.tflite_file import write_softmax

NASTY = ['a"b', "back\\", "two\nlines", "??/", "é猫9", "\0end", "*/ }; int x;", "", "\u202ertl"]
MAIN = """
#include <cstdio>
#include <cstdint>
#include "model.h"
#include "operators.h"
#include "preprocessing.h"
int main() {
  tflite::MicroMutableOpResolver<kOperators> resolver;
  if (RegisterOperators(resolver) != kTfLiteOk) return 1;
  if (reinterpret_cast<std::uintptr_t>(kModel) % 16) return 2;
  std::fwrite(kModel, 1, kModelSize, stdout);
  for (const char* label : kClassLabels) std::fwrite(label, 1, std::char_traits<char>::length(label) + 1, stdout);
  std::fwrite(resolver.registered.c_str(), 1, resolver.registered.size() + 1, stdout);
  IMAGE image[kInputValues];
  for (int place = 0; place < kInputValues; ++place) image[place] = static_cast<IMAGE>(VALUE);
  ModelInput input[kInputValues];
  Preprocess(image, input);
  std::fwrite(input, sizeof(ModelInput), kInputValues, stdout);
  const float numbers[] = {kInputScale, kOutputScale};
  std::fwrite(numbers, sizeof(float), 2, stdout);
}
"""  # noqa: E501
RANGES = {
    "0..1": {"scale": "0..1", "mean": [0.0], "std": [255.0], "bgr": False, "in_file": False},
    "in the file": {"scale": "caffe", "mean": [1.0] * 3, "std": [2.0], "bgr": 1, "in_file": True},
    "as it is": {"scale": "as_is", "mean": [0.0], "std": [1.0], "bgr": False, "in_file": False},
}
METHODS = ["AddReshape", "AddSoftmax", "AddDecode"]


def named(name: str, **values: Any) -> dict[str, Any]:
    scale = scale_of(name, **values)  # type: ignore[arg-type]
    return {
        "scale": name, "mean": scale.mean, "std": scale.std, "bgr": scale.bgr, "in_file": False
    }  # fmt: skip


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return write_softmax(tmp_path / "softmax.tflite", (16, 16, 3)).read_bytes()


def changed(content: bytes, **changes: Any) -> bytes:
    """Take other types for the images, or another operator for the first one."""
    model = schema.ModelT.InitFromPackedBuf(content)
    graph = model.subgraphs[0]
    for index, (kind, scale, zero_point) in changes.get("tensors", {}).items():
        tensor = graph.tensors[index]
        tensor.type, tensor.quantization = kind, schema.QuantizationParametersT()
        tensor.quantization.scale, tensor.quantization.zeroPoint = [scale], [zero_point]
    if "custom" in changes:
        model.operatorCodes[0].builtinCode = schema.BuiltinOperator.CUSTOM
        model.operatorCodes[0].deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
        model.operatorCodes[0].customCode = changes["custom"]
    if "inputs" in changes:
        graph.inputs = changes["inputs"]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def facts(content: bytes, scale: dict[str, Any] = RANGES["0..1"], arena: int = 5520) -> Facts:
    return Facts.of('tflite_int8 of "a\\b\n*/" \\', content, arena, NASTY, scale)


INT8 = {0: (schema.TensorType.INT8, 0.003921569, -128), 2: (schema.TensorType.INT8, 0.01, 3)}
INT16 = {0: (schema.TensorType.INT16, 0.017, 0)}


@pytest.mark.parametrize(
    ("tensors", "kind", "scale"),
    [
        (INT8, np.int8, RANGES["0..1"]),
        (INT8, np.int8, named("mean_std", mean=(0.1, 0.5, 0.9), std=(0.2, 0.25, 0.3))),
        (INT16, np.int16, named("caffe")),
        ({}, np.float32, named("imagenet")),
        (INT8, np.int8, RANGES["in the file"]),
        ({0: (schema.TensorType.UINT8, 0.02, 7)}, np.uint8, RANGES["as it is"]),
    ],
)
def test_a_program_reads_the_same_bytes_and_quantizes_the_same_images(
    content: bytes, tmp_path: Path, tensors: Any, kind: type[Any], scale: dict[str, Any]
) -> None:
    content = changed(content, tensors=tensors)
    as_is = scale["scale"] == "as_is"
    write_bundle(tmp_path / "firmware", facts(content, scale))
    main = MAIN.replace("IMAGE", "float" if as_is else "std::uint8_t")
    main = main.replace("VALUE", "static_cast<float>(place) / 50" if as_is else "place * 7 % 256")
    printed = run_program(tmp_path / "firmware", METHODS, main)
    assert printed.startswith(content)
    assert (tmp_path / "firmware" / "model.tflite").read_bytes() == content
    *labels, registered, rest = printed[len(content) :].split(b"\0", len(NASTY) + 1)
    assert [label.decode() for label in labels] == [text.replace("\0", "\\x00") for text in NASTY]
    assert registered == b"AddReshape AddSoftmax "
    places = np.arange(16 * 16 * 3)
    image = (places / np.float32(50)) if as_is else (places * 7 % 256).astype(np.uint8)
    numbers = _in_numpy(image.reshape(1, 16, 16, 3), scale)
    steps, point = tensors[0][1:] if tensors else (1.0, 0)
    if kind is not np.float32:
        bounds = np.iinfo(kind)
        numbers = (np.round(numbers / np.float32(steps)) + point).clip(bounds.min, bounds.max)
    assert rest[:-8] == numbers.astype(kind).tobytes()
    scales = [np.float32(steps), np.float32(tensors[2][1] if 2 in tensors else 1)]
    assert rest[-8:] == np.asarray(scales, np.float32).tobytes()


def _in_numpy(image: np.ndarray, scale: dict[str, Any]) -> np.ndarray:
    if scale["in_file"]:
        return image.astype(np.float32)
    mean, std = tuple(scale["mean"]), tuple(scale["std"])
    return Scale(scale["scale"], mean, std, scale["bgr"]).apply(image.astype(image.dtype))


def test_the_header_and_the_ten_lines_say_what_to_reserve(content: bytes, tmp_path: Path) -> None:
    write_bundle(tmp_path, facts(changed(content, custom=b"TFLM_DECODE"), arena=36144))
    header = (tmp_path / "model.h").read_text()
    assert "constexpr std::size_t kTensorArenaSize = 45184;" in header
    assert "constexpr int kInputShape[] = {1, 16, 16, 3};" in header
    assert "AddDecode()" in (tmp_path / "operators.h").read_text()
    lines = (tmp_path / "README.txt").read_text().splitlines()
    assert len(lines) == 10
    assert lines[0] == 'tflite_int8 of "a\\b\\n*/" \\'
    assert "45,184 bytes: 36,144 as measured" in lines[4]
    assert "DECODE" in lines[2]
    # A small one gets 2 KiB on top.
    assert facts(content, arena=1).arena == 2064


def test_runs_of_earlier_versions_name_no_classes(content: bytes, tmp_path: Path) -> None:
    write_bundle(tmp_path, Facts.of("file", content, 1, (), RANGES["0..1"]))
    main = "#include \"model.h\"\nint main() { return kModel[4] != 'T'; }\n"
    assert run_program(tmp_path, METHODS, main) == b""
    for name in ("model.h", "model.cc", "README.txt"):
        assert "kClassLabels" not in (tmp_path / name).read_text()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"custom": b"FlexErf\x1b"}, "TFLite Micro cannot register its operators FlexErf?"),
        ({"inputs": [0, 1]}, "no file for firmware (ValueError: it has 2 inputs, 1 outputs"),
        ({"tensors": {0: (schema.TensorType.INT64, 1.0, 0)}}, "values of the type 4"),
    ],
)
def test_what_no_firmware_can_run_is_refused(
    content: bytes, changes: dict[str, Any], line: str
) -> None:
    with pytest.raises(RunnerError) as refused:
        facts(changed(content, **changes))
    assert line in str(refused.value)


def test_what_is_no_tflite_file_is_refused(content: bytes) -> None:
    for damaged in (b"", b"\0" * 64, content[:200], b"\xff" * 400):
        with pytest.raises(RunnerError, match="no file for firmware"):
            facts(damaged)


def test_a_path_that_cannot_be_written_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"--output-dir=.*file: must be a folder to write"):
        write_bundle(tmp_path / "file", facts(content))


def test_methods_are_named_as_tflite_micro_names_them() -> None:
    from runner.firmware.operators import _METHODS

    pairs = {
        "CONV_2D": "AddConv2D", "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D", "ADD": "AddAdd",
        "FULLY_CONNECTED": "AddFullyConnected", "AVERAGE_POOL_2D": "AddAveragePool2D",
        "MAX_POOL_2D": "AddMaxPool2D", "BATCH_MATMUL": "AddBatchMatMul", "PADV2": "AddPadV2",
        "RELU6": "AddRelu6", "RESIZE_NEAREST_NEIGHBOR": "AddResizeNearestNeighbor",
        "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM", "CUMSUM": "AddCumSum",
    }  # fmt: skip
    assert {name: _METHODS[name.replace("_", "")] for name in pairs} == pairs
    known = {name.replace("_", "") for name in dir(schema.BuiltinOperator)}
    assert set(_METHODS) <= known
