"""Measure the memory that the tensors of a TFLite file take while it runs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import OpResolverType

from runner.backend import Interpreter
from runner.process.capture import stderr_to_log

# In bytes. Each tensor in an arena starts at a multiple of this, so that no gap is as large.
_ALIGNMENT = 64

# The addresses where a tensor begins and ends.
Span = tuple[int, int]


def arena_bytes(path: Path) -> int | None:
    """Count the bytes that LiteRT allocates for the tensors whose values are not in the file.

    These are its arenas, in which tensors that are not needed at the same time share memory, for
    one image, on one thread, with LiteRT's own kernels. The memory of a delegate, such as XNNPACK,
    cannot be read. float16 and sparse weights count with their unpacked size, because these kernels
    unpack them into an arena. Values that kernels compute once and keep count too.

    Returns:
        None where LiteRT gives no number: for loops and branches, which have arenas of their own,
        for tensors whose shape is known only while running, for scalars that are computed, and for
        files that its own kernels cannot run.
    """
    content = path.read_bytes()
    model = schema.Model.GetRootAs(content, 0)
    if model.SubgraphsLength() != 1:
        return None
    try:
        with stderr_to_log():
            interpreter = Interpreter(
                model_content=content,
                num_threads=1,
                experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            )
            interpreter.allocate_tensors()
    except RuntimeError:
        return None
    spans = _spans(interpreter, _constants(model))
    return None if spans is None else _total_size(spans)


def _constants(model: Any) -> set[int]:
    """Find the tensors whose values are in the file."""
    graph = model.Subgraphs(0)
    buffers = (
        (index, model.Buffers(graph.Tensors(index).Buffer()))
        for index in range(graph.TensorsLength())
    )
    # In files above 2 GB, values lie outside of the buffers, at an offset.
    return {index for index, buffer in buffers if buffer.DataLength() or buffer.Offset() > 1}


def _spans(interpreter: Any, constants: set[int]) -> list[Span] | None:
    """Find the addresses of all tensors, including those of kernels; None if one has none yet."""
    spans = []
    for tensor in interpreter.get_tensor_details():
        if tensor["index"] in constants or 0 in tensor["shape"]:
            continue
        if not tensor["shape"].size:
            return None
        try:
            values = interpreter.tensor(tensor["index"])()
        except ValueError:
            return None
        spans.append((values.ctypes.data, values.ctypes.data + values.nbytes))
    return spans


def _total_size(spans: Iterable[Span]) -> int:
    """Add up the sizes of the arenas: spans of memory with no larger gaps than alignment leaves."""
    arenas: list[Span] = []
    for first, last in sorted(spans):
        begin, end = arenas[-1] if arenas else (first, first)
        if first - end < _ALIGNMENT:
            arenas[-1:] = [(begin, max(end, last))]
        else:
            arenas.append((first, last))
    return sum(end - begin for begin, end in arenas)
