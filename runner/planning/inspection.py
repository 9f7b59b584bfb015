"""Inspect a model in a process of its own, which may import TensorFlow.

That process is `python -m runner.planning.inspection`; it reads the request from standard input.
The process that plans a sweep must not import TensorFlow.
"""

import functools
import json
import os
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any

from runner.errors import ImpossiblePoint, Refused, is_fault, one_line
from runner.models import file_check
from runner.models.errors import refusing, short, subject
from runner.models.layer_plan import LayerPlan
from runner.planning.request import Request
from runner.process import isolated


@dataclass(frozen=True)
class _Question:
    key: str
    text: str = field(compare=False)


def inspect(request: Request) -> tuple[LayerPlan, ...]:
    """Build the model, try on it what a point will do to it, and list its layers.

    A request takes seconds; requests with the same key as an earlier one take no time.

    Raises:
        ImpossiblePoint: the model does not go with the data, the schedule or the compression.
        Refused: the model cannot be pruned, whatever the data.
    """
    architecture = request.architecture
    if architecture.name == "keras_file" and architecture.path is not None:
        with refusing(architecture):
            file_check.check(architecture.path, architecture.trust)
    answer = _answer(_Question(request.key, request.model_dump_json()))
    if "refused" in answer:
        raise (ImpossiblePoint if answer["impossible"] else Refused)(answer["refused"])
    if "fault" in answer:
        raise isolated.Fault(answer["fault"], answer["traceback"])
    if "layers" not in answer:
        raise Refused(f"{subject(architecture)}: cannot be built ({answer['ended']})")
    return tuple(LayerPlan(name, kind) for name, kind in answer["layers"])


@functools.cache
def _answer(question: _Question) -> dict[str, Any]:
    # An inspection needs no GPU, and must not take memory from processes that compute on one.
    no_gpu = {"CUDA_VISIBLE_DEVICES": "-1"}
    process = isolated.run("runner.planning.inspection", stdin=question.text, environment=no_gpu)
    try:
        answer: dict[str, Any] = json.loads(process.stdout)
    except ValueError:
        answer = {"ended": f"its process ended with code {process.returncode}"}
    return answer


def _examine(text: str) -> dict[str, Any]:
    request = Request.model_validate_json(text)
    try:
        from runner.planning.checks import examine

        return {"layers": [(layer.name, layer.kind) for layer in examine(request)]}
    except Refused as reason:
        return {"refused": str(reason), "impossible": isinstance(reason, ImpossiblePoint)}
    except Exception as error:
        if is_fault(error):
            return {"fault": one_line(error), "traceback": traceback.format_exc()}
        # Layers of the user's own may raise anything.
        return {"ended": short(error)}


def _main() -> None:
    # What the user's function prints goes to standard error, not into the answer.
    with os.fdopen(os.dup(1), "w") as answer:
        os.dup2(2, 1)
        answer.write(json.dumps(_examine(sys.stdin.read())))


if __name__ == "__main__":
    _main()
