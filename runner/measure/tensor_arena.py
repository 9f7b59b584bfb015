"""A TFLite file goes in; the bytes of memory that its tensors take while it runs come out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import OpResolverType

from runner.backend import Interpreter
from runner.process.capture import stderr_to_log

# Each tensor in an arena starts at a multiple of this, so no hole in one is larger.
_ALIGNMENT = 64

# The addresses where a tensor begins and ends.
Span = tuple[int, int]


def arena_bytes(path: Path) -> int | None:
    """Count the bytes that LiteRT sets aside for the tensors that the file itself does not hold.

    These are its arenas, in which tensors that are not needed at the same time share memory. They
    are those for one image, on one thread, of LiteRT's own kernels: a delegate, such as XNNPACK,
    has memory of which LiteRT does not tell. float16 and sparse weights count as unpacked, since
    that is where these kernels unpack them to. What kernels work out once and keep counts too.

    Returns:
        None where LiteRT does not tell: of loops and branches, which have arenas of their own, of
        tensors whose shape only running shows, of scalars that are computed, and of files that its
        own kernels do not run.
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
    return None if spans is None else _covered(spans)


def _constants(model: Any) -> set[int]:
    """Find the tensors whose values are in the file."""
    graph = model.Subgraphs(0)
    buffers = (
        (at, model.Buffers(graph.Tensors(at).Buffer())) for at in range(graph.TensorsLength())
    )
    # In files above 2 GB, values lie outside of the buffers, at an offset.
    return {at for at, buffer in buffers if buffer.DataLength() or buffer.Offset() > 1}


def _spans(interpreter: Any, constants: set[int]) -> list[Span] | None:
    """Find where tensors lie, those too that kernels have added; None if one has no place yet."""
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


def _covered(spans: Iterable[Span]) -> int:
    """Add up the arenas: stretches of memory with no holes but those left by alignment."""
    arenas: list[Span] = []
    for first, last in sorted(spans):
        begin, end = arenas[-1] if arenas else (first, first)
        if first - end < _ALIGNMENT:
            arenas[-1:] = [(begin, max(end, last))]
        else:
            arenas.append((first, last))
    return sum(end - begin for begin, end in arenas)
