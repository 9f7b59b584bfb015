"""Say which command looks for a smaller file where a sweep has left off."""

import re
import shlex

from runner.results.decision import Decision
from runner.results.rows import Results, number
from runner.tracking.tags import COMMAND, SEARCH_END

AXIS = "schedule.final_sparsity"
_RUNNER = ["python", "-m", "runner"]
# What the command of a run is led by (runner/tracking/origin.py).
_VARIABLE = re.compile(r"(RUNNER_DATA|MLFLOW_[A-Z_]+)=(.*)", re.DOTALL)
# What the command says itself, and what was about the sweep before: its name, night and folder.
_SAID = (f"{AXIS}=", "+search=", "search.", "sweep.", "hydra.sweep.")
# A finer interval tells nothing but noise; a sparser one leaves nothing of a network.
_FINEST, _SPARSEST = 0.01, 0.99


def sweep_on(results: Results, decision: Decision) -> str:
    """Return the command; empty where there is nothing to look for, or a script ran the sweep.

    It is a search between the sparsity of the smallest file within the limits and the next one that
    was tried and was too much. A search itself has done so, and says how it ended.
    """
    tags = results.sweep.tags
    if SEARCH_END in tags or decision.warning:
        return ""
    bounds, typed = _between(results, decision), _typed(tags.get(COMMAND, ""))
    if not bounds or not typed:
        return ""
    variables, given = typed
    kept = [word for word in given if not word.startswith(_SAID)]
    interval = f"{AXIS}=interval({bounds[0]:g},{bounds[1]:g})"
    words = [*_RUNNER, *kept, "+search=adaptive", "sweep.reuse=true", interval]
    return " ".join([*variables, shlex.join(words)])


def _typed(command: str) -> tuple[list[str], list[str]] | None:
    """Return the variables before a command of a sweep, and its settings; None of any other.

    A store may hold anything, and nothing but this may be offered as a command to type.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        # Cut off within quotes, for it is too long for a tag.
        return None
    known = [each for each in map(_VARIABLE.fullmatch, words) if each]
    rest = words[len(known) :]
    # A word such as `nightly` is a command of its own, which takes no settings.
    if rest[:3] != _RUNNER or any(word.isalpha() for word in rest[3:4]):
        return None
    return [f"{each[1]}={shlex.quote(each[2])}" for each in known], rest[3:]


def _between(results: Results, decision: Decision) -> tuple[float, float] | None:
    texts = (row.point.params.get(AXIS, "") for row in results.rows)
    tried = sorted({value for text in texts if (value := number(text)) is not None})
    if len(tried) < 2:
        return None
    picked = number(decision.file.point.params.get(AXIS, "")) if decision.file else None
    low = 0.0 if picked is None else picked
    # Where nothing is within the limits, what is asked is below the least that was tried.
    high = next((value for value in tried if value > low), _SPARSEST)
    return (low, high) if high - low >= _FINEST else None
