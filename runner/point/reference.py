"""Hold the figures that every file is compared with."""

from dataclasses import dataclass

from runner.statistics.chance import chance_warning
from runner.tracking import Record


@dataclass(frozen=True)
class Reference:
    """The figures of the baseline's h5 file that everything else is compared with.

    Attributes:
        run_id: the baseline's run.
        zip_bytes: bytes of the zipped file.
        accuracy: share of the test images classified right.
        warning: why no comparison with it means anything; empty where there is no reason.
    """

    run_id: str
    zip_bytes: float
    accuracy: float
    warning: str = ""

    @classmethod
    def of(cls, baseline: Record) -> "Reference":
        """Read the reference from the baseline's run."""
        figures = baseline.metrics
        warning = chance_warning(figures)
        return cls(baseline.id, figures["zip_bytes/h5"], figures["accuracy/h5"], warning)
