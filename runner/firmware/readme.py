"""Say in ten lines what to do with the files."""

from runner.escaping.terminal import visible
from runner.firmware.facts import Facts

_CLASS = "is the place of the largest of the kOutputValues values, counted from 0"
_YES = "is 1 where the one value is above the middle, else 0"
_TEXT = """\
{title}
model.tflite is the file; model.cc has the same bytes as an array, and model.h its sizes, its input and its output.
Add model.cc, model.h, operators.h and preprocessing.h to firmware that builds TFLite Micro{version}.
Memory:      alignas(16) static uint8_t arena[kTensorArenaSize];
             These are {arena:,} bytes: {measured:,} as measured on a 64-bit PC, and {margin:,} for scratch buffers of a chip's own kernels (CMSIS-NN).
             A 32-bit chip needs less for pointers. It says itself what it took: interpreter.arena_used_bytes().
Operators:   tflite::MicroMutableOpResolver<kOperators> resolver; RegisterOperators(resolver);
Interpreter: tflite::MicroInterpreter interpreter(tflite::GetModel(kModel), resolver, arena, kTensorArenaSize); interpreter.AllocateTensors();
An image:    Preprocess(image, interpreter.typed_input_tensor<ModelInput>(0)); interpreter.Invoke();
Its class    {answer}, in interpreter.typed_output_tensor<ModelOutput>(0){labels}.
"""  # noqa: E501


def readme(facts: Facts) -> str:
    """Write README.txt."""
    decodes = any(operator.method == "AddDecode" for operator in facts.operators)
    return _TEXT.format(
        title=visible(facts.title),
        version=" of 2026, which has the operator DECODE" if decodes else "",
        arena=facts.arena,
        measured=facts.measured_arena,
        margin=facts.arena - facts.measured_arena,
        answer=_CLASS if facts.output.values > 1 else _YES,
        labels="; kClassLabels names it" if facts.labels else "",
    )
