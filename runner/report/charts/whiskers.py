"""Draw how far a mark of a chart may be off."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from runner.results.candidate import Candidate

# Low and high end, both included.
Ends = tuple[float, float]

# With more marks, whiskers on all of them hide the marks.
MANY = 40


def accuracy_ends(candidate: Candidate) -> Ends | None:
    """Return the validation accuracies, 0 to 1, between which that of a candidate lies.

    They follow from the ends of its drop, below the mean accuracy of the baselines that it is
    judged by. None where the ends are not known.
    """
    if candidate.validation is None:
        return None
    dense = mean(file.validation_accuracy + file.validation_drop for file in candidate.files)
    drops = candidate.validation.interval
    return min(max(dense - drops.high, 0.0), 1.0), min(max(dense - drops.low, 0.0), 1.0)


def whiskers(
    heights: Sequence[float], ends: Sequence[Ends | None], opacity: float = 0.45
) -> dict[str, Any]:
    """Describe the whiskers of marks for plotly's `error_y`; a mark without ends has none."""
    pairs = list(zip(heights, ends, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        # Rounding must not turn a whisker around.
        "array": [max(each[1] - height, 0.0) if each else None for height, each in pairs],
        "arrayminus": [max(height - each[0], 0.0) if each else None for height, each in pairs],
        # Without caps, whiskers of no length are not seen.
        "width": 0,
        "thickness": 1.5,
        "color": f"rgba(34, 34, 34, {opacity})",
    }
