"""Describe how a sweep chooses which of its points to run."""

from runner.settings.base import Group
from runner.settings.fields import Goal, OptionalCount, Seed, Share, Strategy


class SearchSettings(Group):
    """Which points of a sweep are run, and when enough of them were.

    Nothing of this changes what a point comes out as.
    """

    strategy: Strategy = "grid"
    """`grid` runs all points; `adaptive` runs those that may be worth it, one after the other, and
    stops when nothing more is. `+search=adaptive` chooses it."""
    goal: Goal = "smallest"
    """What is looked for: the `smallest` file within the limit on accuracy, or the `front`, the
    least drop of accuracy at each size."""
    points: OptionalCount = None
    """Points after which the search ends; null sets no limit."""
    stop_below: Share = 0.1
    """The search ends when no other point is as likely as this to be better."""
    seed: Seed = 0
    """Decides which point comes first of those that promise about the same."""

    @property
    def is_adaptive(self) -> bool:
        """Whether only some points are run."""
        return self.strategy == "adaptive"
