"""Tell whether a baseline classifies images better than chance, by the figures of its run.

Chance is the share of the largest class.
"""

from collections.abc import Mapping

# Metrics of a baseline's run: the share, the accuracy on the same images, and the upper end of its
# 95 % interval.
CHANCE, ACCURACY, BOUND = "chance", "chance_accuracy", "accuracy_bound"
# An accuracy that cannot be further above chance than this is not above it.
_LEAST_GAIN = 0.02


def chance_warning(figures: Mapping[str, float]) -> str:
    """Say why no comparison with a baseline means anything; empty where it is above chance.

    It is empty too for a baseline of version 0.1, whose run does not hold these figures.

    Args:
        figures: the metrics of the baseline's run.
    """
    if not figures.keys() >= {CHANCE, ACCURACY, BOUND}:
        return ""
    chance, bound = figures[CHANCE], figures[BOUND]
    if bound > chance + _LEAST_GAIN:
        return ""
    return (
        f"The baseline's accuracy, {figures[ACCURACY]:.2%}, is not above chance "
        f"({chance:.2%}, the share of the largest class): no comparison with it means anything, "
        "and no file is to ship. Likely causes: images in another scale than the model takes "
        "(dataset.scale), labels in another order than its outputs, or too little training."
    )
