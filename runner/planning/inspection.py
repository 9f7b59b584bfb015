"""Inspect a model in a process of its own, which may import TensorFlow.

That process is `python -m runner.planning.inspection`; it reads the request from standard input.
The process that plans a sweep must not import TensorFlow.
"""

import functools
import json
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.errors import ImpossiblePoint, Refused, is_fault, one_line
from runner.models.errors import short, subject
from runner.models.sizes import Sizes
from runner.planning.examination import Examination
from runner.planning.file_inspection import require_fit
from runner.planning.request import Request
from runner.process import isolated
from runner.process.memory import total_bytes
from runner.settings import ArchitectureSettings

log = logging.getLogger(__name__)

# TensorFlow alone takes 0.4 GB.
_MEMORY = 8 * 2**30
# The model itself, pruned and compressed, and the files that are made of each on a try.
_COPIES = 16
# Of the memory of the machine, which others need too.
_SHARE = 0.9
# Larger networks of Keras take some minutes on a slow machine.
_SECONDS = 30 * 60

# Pixels as floats from 0 to 1, and labels that count the classes of the data.
Sample = tuple[NDArray[np.float32], NDArray[np.int64]]


@dataclass(frozen=True)
class _Question:
    key: str
    request: Request = field(compare=False)
    sample: Callable[[], Sample] | None = field(compare=False)


def inspect(request: Request, sample: Callable[[], Sample] | None = None) -> Examination:
    """Build the model, try on it what a point will do to it, and describe it.

    A request takes seconds; requests with the same key as an earlier one take no time.

    Args:
        sample: returns training images to try a model with weights on, with their labels.

    Raises:
        ImpossiblePoint: the model does not go with the data, the schedule or the compression.
        Refused: the model cannot be pruned, whatever the data.
    """
    architecture = request.architecture
    if architecture.name == "keras_file" and architecture.path is not None:
        require_fit(architecture)
    answer = _answer(_Question(request.key, request, sample))
    if "refused" in answer:
        raise (ImpossiblePoint if answer["impossible"] else Refused)(answer["refused"])
    if "fault" in answer:
        raise isolated.Fault(answer["fault"], answer["traceback"])
    if "exhausted" in answer:
        raise Refused(
            f"{subject(architecture)}: building and trying it {answer['exhausted']}; must take less"
        )
    if "examination" not in answer:
        raise Refused(f"{subject(architecture)}: cannot be built ({answer['ended']})")
    examination = Examination.model_validate(answer["examination"])
    if examination.sizes is not None:
        _sizes[architecture] = examination.sizes
    return examination


_sizes: dict[ArchitectureSettings, Sizes] = {}


def inspected_sizes(architecture: ArchitectureSettings) -> Sizes | None:
    """Return how large a model is that was inspected by this process; None for any other."""
    return _sizes.get(architecture)


# Points that differ in their schedule need several inspections of one model.
@functools.cache
def _show(line: str) -> None:
    log.info("%s", line)


@functools.cache
def _answer(question: _Question) -> dict[str, Any]:
    # An inspection needs no GPU, and must not take memory from processes that compute on one.
    no_gpu = {"CUDA_VISIBLE_DEVICES": "-1"}
    with tempfile.TemporaryDirectory() as folder:
        text = _with_sample(question, Path(folder)).model_dump_json()
        limits = _limits(question.request.architecture)
        try:
            process = isolated.run(
                "runner.planning.inspection", stdin=text, environment=no_gpu, limits=limits
            )
        except isolated.Exhausted as reason:
            return {"exhausted": str(reason)}
    try:
        answer: dict[str, Any] = json.loads(process.stdout)
    except ValueError:
        answer = {"ended": f"its process ended with code {process.returncode}"}
    said = str(answer.get("refused", answer.get("ended", "")))
    if limits and isolated.lacks_memory(said):
        return {"exhausted": str(isolated.too_much_memory(limits))}
    for note in answer.get("examination", {}).get("notes", ()):
        _show(note)
    return answer


def _limits(architecture: ArchitectureSettings) -> isolated.Limits | None:
    """Limit what a file may take; a function of the user's own, or a file's code, may take all."""
    path = architecture.path
    if path is None or architecture.trust or path.is_dir():
        return None
    memory = _MEMORY + _COPIES * path.stat().st_size
    return isolated.Limits(min(memory, int(_SHARE * total_bytes())), _SECONDS)


def _with_sample(question: _Question, folder: Path) -> Request:
    if question.sample is None:
        return question.request
    pixels, labels = question.sample()
    file = folder / "sample.npz"
    np.savez(file, pixels=pixels, labels=labels)
    return question.request.model_copy(update={"sample": file})


def _examine(text: str) -> dict[str, Any]:
    request = Request.model_validate_json(text)
    try:
        from runner.planning.checks import examine

        with _lines_logged() as lines:
            examination = examine(request)
        said = examination.model_copy(update={"notes": (*lines, *examination.notes)})
        return {"examination": said.model_dump(mode="json")}
    except Refused as reason:
        return {"refused": str(reason), "impossible": isinstance(reason, ImpossiblePoint)}
    except Exception as error:
        if is_fault(error):
            return {"fault": one_line(error), "traceback": traceback.format_exc()}
        # Layers of the user's own may raise anything.
        return {"ended": short(error)}


@contextmanager
def _lines_logged() -> Iterator[list[str]]:
    """Collect what building the model logs, to hand it to the process that asks."""
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    models = logging.getLogger("runner.models")
    models.setLevel(logging.INFO)
    models.addHandler(handler)
    try:
        yield lines
    finally:
        models.removeHandler(handler)


def _main() -> None:
    # What the user's function prints goes to standard error, not into the answer.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        answer.write(json.dumps(_examine(sys.stdin.read())))


if __name__ == "__main__":
    _main()
