"""Settings and what is known of the data go in; a model's layers, or a refusal, come out.

The model is built in a process of its own (`python -m runner.planning.inspection`, the request on
standard input), because that imports TensorFlow and the process that asks must not.
"""

import functools
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any

from runner.errors import ImpossiblePoint, Refused
from runner.models import file_check
from runner.models.errors import refusing, short, subject
from runner.models.layer_plan import LayerPlan
from runner.planning.request import Request
from runner.process import isolated


@dataclass(frozen=True)
class _Asked:
    key: str
    text: str = field(compare=False)


def inspect(request: Request) -> tuple[LayerPlan, ...]:
    """Build the model, try on it what will be done to it, and list its layers.

    The first request takes seconds; further ones that differ only in numbers take none.

    Raises:
        ImpossiblePoint: the model does not go with the data, the schedule or the compression.
        Refused: it cannot be worked with at all.
    """
    own = request.architecture
    if own.name == "keras_file" and own.path is not None:
        with refusing(own):
            file_check.check(own.path, own.trust)
    answer = _answer(_Asked(request.key, request.model_dump_json()))
    if "refused" in answer:
        raise (ImpossiblePoint if answer["impossible"] else Refused)(answer["refused"])
    if "layers" not in answer:
        raise Refused(f"{subject(own)}: cannot be built ({answer['ended']})")
    return tuple(LayerPlan(name, kind) for name, kind in answer["layers"])


@functools.cache
def _answer(asked: _Asked) -> dict[str, Any]:
    # A model that is only looked at takes no memory of a GPU that others compute on.
    alone = {"CUDA_VISIBLE_DEVICES": "-1"}
    done = isolated.run("runner.planning.inspection", stdin=asked.text, environment=alone)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        found = {"ended": f"its process ended with code {done.returncode}"}
    return found


def _examined(text: str) -> dict[str, Any]:
    request = Request.model_validate_json(text)
    try:
        from runner.planning.checks import examine

        return {"layers": [(layer.name, layer.kind) for layer in examine(request)]}
    except Refused as reason:
        return {"refused": str(reason), "impossible": isinstance(reason, ImpossiblePoint)}
    except Exception as error:
        return {"ended": short(error)}


def _main() -> None:
    # Whatever the user's function prints is not the answer.
    with os.fdopen(os.dup(1), "w") as answer:
        os.dup2(2, 1)
        answer.write(json.dumps(_examined(sys.stdin.read())))


if __name__ == "__main__":
    _main()
