"""Write a file as an array in C++, and the header that describes it."""

from collections.abc import Sequence

from runner.firmware import c_text
from runner.firmware.facts import Facts
from runner.firmware.tensors import Tensor

_HEADER = """{title}
#ifndef PRUNED_MODEL_H_
#define PRUNED_MODEL_H_

#include <cstddef>
#include <cstdint>

// The file model.tflite, at an address of a multiple of 16.
constexpr std::size_t kModelSize = {size};
extern const unsigned char kModel[kModelSize];

// Bytes to set aside, of which {measured} (README.txt).
constexpr std::size_t kTensorArenaSize = {arena};

// A number is (value - zero point) * scale; of float values the scale is 1.
{input}
{output}
{labels}#endif  // PRUNED_MODEL_H_
"""
_TENSOR = """using Model{name} = {type};
constexpr int k{name}Shape[] = {{{shape}}};
constexpr int k{name}Values = {values};
constexpr float k{name}Scale = {scale};
constexpr int k{name}ZeroPoint = {zero_point};
"""
_LABELS = """// The names of the classes, UTF-8, in the order of the outputs.
constexpr int kClasses = {classes};
extern const char* const kClassLabels[kClasses];

"""
_SOURCE = """{title}
#include "model.h"

alignas(16) const unsigned char kModel[kModelSize] = {{
{array}
}};
"""
_NAMES = """
const char* const kClassLabels[kClasses] = {{
{names}
}};
"""


def model_h(facts: Facts) -> str:
    """Write model.h: sizes, the input and the output, and the number of classes."""
    classes = len(facts.labels)
    return _HEADER.format(
        title=c_text.comment(facts.title),
        size=len(facts.content),
        measured=_measured(facts),
        arena=facts.arena,
        input=_tensor("Input", facts.input),
        output=_tensor("Output", facts.output),
        labels=_LABELS.format(classes=classes) if classes else "",
    )


def model_cc(facts: Facts) -> str:
    """Write model.cc: the bytes of the file, and the names of its classes."""
    title, array = c_text.comment(facts.title), c_text.array(facts.content)
    return _SOURCE.format(title=title, array=array) + _names(facts.labels)


def _measured(facts: Facts) -> str:
    bytes_ = f"{facts.measured_arena:,}"
    if facts.accelerator:
        return f"Vela estimates {bytes_}"
    return f"TFLite Micro took {bytes_} where it was measured"


def _tensor(name: str, tensor: Tensor) -> str:
    return _TENSOR.format(
        name=name,
        type=tensor.type,
        shape=", ".join(map(str, tensor.shape)),
        values=tensor.values,
        scale=c_text.number(tensor.scale),
        zero_point=tensor.zero_point,
    )


def _names(labels: Sequence[str]) -> str:
    if not labels:
        return ""
    return _NAMES.format(names="\n".join(f"    {c_text.string(label)}," for label in labels))
