"""Describe how the file to ship is chosen."""

from runner.settings.base import Group
from runner.settings.fields import Drop, OptionalConfidence


class ReportSettings(Group):
    """How much accuracy a file may lose and still be shipped."""

    max_drop: Drop = 0.01
    """Validation accuracy that the file to ship may lose against the baseline, as a share."""
    confidence: OptionalConfidence = None
    """With which confidence the file to ship is within that limit, such as 0.95; null judges it by
    the accuracies that were measured."""
