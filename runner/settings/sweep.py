"""Describe how a sweep goes about its points."""

from runner.settings.base import Group
from runner.settings.fields import (
    Flag,
    Job,
    Names,
    OptionalCount,
    OptionalRate,
    OptionalText,
    Repeats,
)


class SweepSettings(Group):
    """How a sweep goes about its points; the last six, and night, are written by the runner itself.

    Nothing of this changes what a point comes out as.
    """

    of_some_choices = frozenset({"night", "run_id", "holder", "point", "planned", "job"})

    retries: Repeats = 0
    """How often a failed point is run again."""
    max_failures: OptionalCount = None
    """Failed points after which the sweep ends; null sets no limit."""
    resume: Flag = True
    """Whether to go on with an earlier sweep of the same points; false begins another one."""
    take_over: Flag = False
    """Whether an earlier sweep of the same points is taken over at once, without waiting to see
    whether another machine or container still works on it."""
    reuse: Flag = False
    """Whether finished points with the same settings are copied from other sweeps of the
    experiment."""
    budget_hours: OptionalRate = None
    """Hours after which no more points are started; null sets no limit."""
    first: Names = ()
    """Names of the points to start with."""
    name: OptionalText = None
    """What the sweep is called; null: as its file, or after the settings that vary."""
    night: str | None = None
    run_id: str | None = None
    holder: str | None = None
    point: str | None = None
    planned: str | None = None
    job: Job = "point"
