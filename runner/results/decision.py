"""A sweep's rows and limits go in; what to ship, in a value and in words, comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.results import choice
from runner.results.choice import File, Limits
from runner.results.rows import Row, by_data, targets
from runner.tracking import Record, Store

_GONE = "The baseline's run is gone from the store: there is nothing to judge files by."


@dataclass(frozen=True)
class Decision:
    """What to ship of the points on one data set: a file, or the closest one where none is fit."""

    limits: Limits
    rows: tuple[Row, ...]
    baseline: Record | None
    file: File | None
    closest: File | None

    @property
    def limit(self) -> str:
        """Say in words what the file must keep."""
        if not self.baseline:
            return ""
        standard = choice.standard(self.baseline)
        drop = in_points(self.limits.max_drop or 0.0)
        return f"within {drop} of the baseline's validation accuracy ({standard:.2%})"

    @property
    def verdict(self) -> str:
        """Say in one sentence what to ship."""
        if self.file:
            name = f"{self.file.target} of {self.file.point.name}"
            return f"Ship {name}: the smallest file {self.limit}."
        if self.closest:
            name = f"{self.closest.target} of {self.closest.point.name}"
            return f"No file is {self.limit}; the closest is {name}."
        if targets(self.rows):
            return _GONE
        return "No point has a file to ship."

    @property
    def reason(self) -> str:
        """Say which limits the closest file breaks, and by what, in the words of the options."""
        if not self.closest:
            orphaned = targets(self.rows) and not self.baseline
            return _GONE if orphaned else "no file of these targets was measured"
        broken = self.limits.broken_by(self.closest)
        limits = " ".join(
            f"--{name.replace('_', '-')}={getattr(self.limits, name):g}" for name in broken
        )
        name = f"{self.closest.target} of {self.closest.point.name}"
        return f"no file keeps {limits}; the closest, {name}, {' and '.join(broken.values())}"

    def text(self, store: Store) -> str:
        """Say it in one line, with the path or address of the file."""
        if self.file:
            return f"Smallest file {self.limit}: {described(store, self.file)}"
        if self.closest:
            return f"No file is {self.limit}; the closest: {described(store, self.closest)}"
        return self.verdict


def decide(rows: Sequence[Row], limits: Limits) -> list[Decision]:
    """Decide for each data set apart; there is at least one decision."""
    return [decision(part, limits) for part in by_data(rows) or [[]]]


def decision(rows: Sequence[Row], limits: Limits) -> Decision:
    """Decide among points on one data set."""
    return Decision(
        limits,
        tuple(rows),
        choice.best_baseline(rows),
        choice.smallest(rows, limits),
        choice.closest(rows, limits),
    )


def in_points(share: float) -> str:
    """Say a share of accuracy in points: 0.01 is one."""
    return f"{share * 100:g} point{'' if share == 0.01 else 's'}"


def described(store: Store, file: File) -> str:
    """Say which file it is, where it lies, and its figures."""
    path = store.local_file(file.point, f"models/{file.target.file_name}")
    return f"{path} ({file.point.name}): {figures(file)}"


def figures(file: File) -> str:
    """Say the figures of a file in words."""
    return (
        f"{file.zip_bytes:,.0f} bytes zipped, {file.zip_ratio:.1f} times smaller than its "
        f"baseline's h5, validation accuracy {file.validation_accuracy:.2%}, "
        f"test accuracy {file.accuracy:.2%}"
    )
