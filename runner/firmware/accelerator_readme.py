"""Say what to do with a file that is compiled for an Ethos-U."""

from runner.firmware.accelerator import Accelerator

COMPILED = """\
{title}
It is compiled by Vela for {name} with --system-config {system} and --memory-mode {memory} (Arm/vela.ini), and runs on no other chip.
source.tflite is the file before. For other memories, compile that again: {command}
model.tflite is the compiled file; model.cc has the same bytes as an array, and model.h its sizes, its input and its output.
Add model.cc, model.h, operators.h and preprocessing.h to firmware that builds TFLite Micro with Arm's driver (make ... CO_PROCESSOR=ethos_u).
Memory:      alignas(16) static uint8_t arena[kTensorArenaSize];
             These are {arena:,} bytes: {measured:,} of SRAM as Vela estimates, and {margin:,} for TFLite Micro itself. Nobody has run it on a chip:
             cycles, time and SRAM are estimates. {on_cpu}It says itself what it took: interpreter.arena_used_bytes().
"""  # noqa: E501
_ON_CPU = "What {number} operators that are left on the CPU need comes on top. "


def name_of(accelerator: Accelerator) -> str:
    """Name the Ethos-U as Arm does."""
    return accelerator.system.accelerator.replace("ethos-u", "Ethos-U")


def left_on_cpu(accelerator: Accelerator) -> str:
    """Say how many operators the Ethos-U does not run; empty where it runs all."""
    number = accelerator.on_cpu
    return _ON_CPU.format(number=number) if number else ""
