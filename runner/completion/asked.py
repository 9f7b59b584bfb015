"""Say which files of the runs of a sweep are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.settings.targets import Target


@dataclass(frozen=True)
class Asked:
    """The files that each run of a sweep is completed with.

    Attributes:
        made: files to make; None for those that the devices gain.
        measured: files to measure, besides those that are made; None for all.
    """

    made: Sequence[Target] | None = None
    measured: Sequence[Target] | None = None
