"""Hold the figures that every file is compared with."""

from dataclasses import dataclass, field

from runner.measure.correct_table import TABLE, Correct, correct_of_run
from runner.settings.targets import Target
from runner.statistics.chance import chance_warning
from runner.tracking import Record, Store
from runner.tracking.texts import read_text


@dataclass(frozen=True)
class Reference:
    """The figures of the baseline's h5 file that everything else is compared with.

    Attributes:
        run_id: the baseline's run.
        zip_bytes: bytes of the zipped file.
        accuracy: share of the test images classified right.
        warning: why no comparison with it means anything; empty where there is no reason.
        correct: which images it classifies right; None where nobody knows.
    """

    run_id: str
    zip_bytes: float
    accuracy: float
    warning: str = ""
    correct: Correct | None = field(default=None, compare=False)

    @classmethod
    def read(cls, store: Store, baseline: Record) -> "Reference":
        """Read the reference from the baseline's run and its table of answers.

        Raises:
            StoreFailed: the store does not answer.
        """
        return cls.of(baseline, read_text(store, baseline, TABLE))

    @classmethod
    def of(cls, baseline: Record, table: str = "") -> "Reference":
        """Read the reference from the baseline's run.

        Args:
            table: which images the baseline's files classify right; empty where that is not known.
        """
        figures = baseline.metrics
        warning = chance_warning(figures)
        correct = correct_of_run(table, figures).get(Target.H5)
        return cls(baseline.id, figures["zip_bytes/h5"], figures["accuracy/h5"], warning, correct)
