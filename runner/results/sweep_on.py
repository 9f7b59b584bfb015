"""Say which command looks for a smaller file where a sweep has left off."""

import shlex

from runner.results.decision import Decision
from runner.results.rows import Results, number
from runner.tracking.tags import COMMAND, SEARCH_END

AXIS = "schedule.final_sparsity"
_RUNNER = "python -m runner "
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
    program, found, typed = tags.get(COMMAND, "").partition(_RUNNER)
    bounds, given = _between(results, decision), shlex.split(typed)
    # A word such as `nightly` is a command of its own, which takes no settings.
    if not bounds or not found or any(word.isalpha() for word in given[:1]):
        return ""
    kept = [word for word in given if not word.startswith(_SAID)]
    interval = f"{AXIS}=interval({bounds[0]:g},{bounds[1]:g})"
    words = [*kept, "+search=adaptive", "sweep.reuse=true", interval]
    return f"{program}{_RUNNER}{shlex.join(words)}"


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
