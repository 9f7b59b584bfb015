"""Hold what firmware needs to know of a file, read from its bytes and from its run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ai_edge_litert import schema_py_generated as schema

from runner.data.scale import RAW, Scale
from runner.errors import RunnerError, one_line
from runner.firmware.accelerator import Accelerator
from runner.firmware.arena import arena_to_reserve
from runner.firmware.operators import Operator, operators
from runner.firmware.tensors import Tensor, input_and_output


@dataclass(frozen=True)
class Facts:
    """What firmware needs to know of a file.

    Attributes:
        title: what the file is and where it comes from, in words.
        content: the file.
        input: of one image.
        output: of one image.
        operators: that the file uses, each once.
        measured_arena: bytes that TFLite Micro took on the machine that measured, or that Vela
            estimates for an Ethos-U.
        labels: of the classes, in the order of the outputs; empty where no run names them.
        scale: how pixels come to what the file takes.
        accelerator: that the file is compiled for; None for a plain microcontroller.
    """

    title: str
    content: bytes
    input: Tensor
    output: Tensor
    operators: tuple[Operator, ...]
    measured_arena: int
    labels: tuple[str, ...]
    scale: Scale
    accelerator: Accelerator | None = None

    @classmethod
    def of(
        cls,
        title: str,
        content: bytes,
        measured_arena: float,
        labels: Sequence[str],
        input_range: Mapping[str, Any],
    ) -> Self:
        """Read what the file says itself.

        Args:
            input_range: as `results.input_range` gives it.

        Raises:
            RunnerError: it is no TFLite file of one input and one output, or uses an operator that
                TFLite Micro has not.
        """
        try:
            model = schema.Model.GetRootAs(content, 0)
            used, (input_, output) = operators(model), input_and_output(model)
        except Exception as error:
            # The reader trusts the bytes, and raises many kinds of errors for wrong ones.
            raise RunnerError(f"{title}: no file for firmware ({one_line(error)})") from None
        unknown = [operator.name for operator in used if not operator.method]
        if unknown:
            names = ", ".join(unknown)
            raise RunnerError(f"{title}: TFLite Micro cannot register its operators {names}")
        return cls(
            title, content, input_, output, tuple(used), int(measured_arena), tuple(labels),
            _scale(input_range),
        )  # fmt: skip

    @property
    def arena(self) -> int:
        """Bytes to set aside for TFLite Micro."""
        return arena_to_reserve(self.measured_arena)


def _scale(input_range: Mapping[str, Any]) -> Scale:
    """Return what is left to do to pixels before the file takes them."""
    if input_range["in_file"]:
        return RAW
    mean, std = tuple(input_range["mean"]), tuple(input_range["std"])
    return Scale(input_range["scale"], mean, std, input_range["bgr"])
