"""Say in ten lines what to do with the files."""

from typing import Any

from runner.escaping.terminal import visible
from runner.firmware.accelerator import Accelerator
from runner.firmware.accelerator_readme import COMPILED, left_on_cpu, name_of
from runner.firmware.facts import Facts

_CLASS = "is the place of the largest of the kOutputValues values, counted from 0"
_YES = "is 1 where the one value is above the middle, else 0"
_PLAIN = """\
{title}
model.tflite is the file; model.cc has the same bytes as an array, and model.h its sizes, its input and its output.
Add model.cc, model.h, operators.h and preprocessing.h to firmware that builds TFLite Micro{version}.
Memory:      alignas(16) static uint8_t arena[kTensorArenaSize];
             These are {arena:,} bytes: {measured:,} as measured on a 64-bit PC, and {margin:,} for scratch buffers of a chip's own kernels (CMSIS-NN).
             A 32-bit chip needs less for pointers. It says itself what it took: interpreter.arena_used_bytes().
"""  # noqa: E501
_USE = """\
Operators:   tflite::MicroMutableOpResolver<kOperators> resolver; RegisterOperators(resolver);
Interpreter: tflite::MicroInterpreter interpreter(tflite::GetModel(kModel), resolver, arena, kTensorArenaSize); interpreter.AllocateTensors();
An image:    Preprocess(image, interpreter.typed_input_tensor<ModelInput>(0)); interpreter.Invoke();
Its class    {answer}, in interpreter.typed_output_tensor<ModelOutput>(0){labels}.
"""  # noqa: E501


def readme(facts: Facts) -> str:
    """Write README.txt."""
    accelerator = facts.accelerator
    return (_compiled(facts, accelerator) if accelerator else _plain(facts)) + _use(facts)


def _plain(facts: Facts) -> str:
    decodes = any(operator.method == "AddDecode" for operator in facts.operators)
    version = " of 2026, which has the operator DECODE" if decodes else ""
    return _PLAIN.format(version=version, **_memory(facts))


def _compiled(facts: Facts, accelerator: Accelerator) -> str:
    return COMPILED.format(
        name=name_of(accelerator),
        system=accelerator.system.system,
        memory=accelerator.system.memory,
        command=accelerator.command,
        on_cpu=left_on_cpu(accelerator),
        **_memory(facts),
    )


def _memory(facts: Facts) -> dict[str, Any]:
    margin = facts.arena - facts.measured_arena
    return {
        "title": visible(facts.title),
        "arena": facts.arena,
        "measured": facts.measured_arena,
        "margin": margin,
    }


def _use(facts: Facts) -> str:
    return _USE.format(
        answer=_CLASS if facts.output.values > 1 else _YES,
        labels="; kClassLabels names it" if facts.labels else "",
    )
