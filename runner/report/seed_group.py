"""Put files together that come from runs which differ in nothing but their seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from runner.results.candidate import Candidate
from runner.results.rows import Row, alike
from runner.settings.targets import Target
from runner.tracking import Record


@dataclass(frozen=True)
class SeedGroup:
    """One kind of file of runs that differ in nothing but their seed.

    Attributes:
        records: at least one run that has the file.
        target: the kind of file.
        record: the run whose file stands for all: the median seed's.
        candidate: how its accuracy drops; None for a baseline, and where there is no baseline
            above chance to judge it by.
    """

    records: tuple[Record, ...]
    target: Target
    record: Record
    candidate: Candidate | None = None

    @property
    def validation_accuracy(self) -> float:
        """Mean validation accuracy, from 0 to 1."""
        return mean(map(self._validation_accuracy, self.records))

    @property
    def accuracy(self) -> float:
        """Mean test accuracy, from 0 to 1."""
        return mean(record.metrics[f"accuracy/{self.target}"] for record in self.records)

    def _validation_accuracy(self, record: Record) -> float:
        return record.metrics[f"validation_accuracy/{self.target}"]


def of_points(rows: Sequence[Row], candidates: Sequence[Candidate]) -> list[SeedGroup]:
    """Group the files of points; those that are no candidates stand alone.

    Args:
        candidates: of these rows, or of more.
    """
    groups: dict[tuple[str, Target], SeedGroup] = {}
    for each in candidates:
        records = tuple(file.point for file in each.files)
        group = SeedGroup(records, each.file.target, each.file.point, each)
        groups |= {(record.id, group.target): group for record in records}
    found = (
        groups.get((row.point.id, target)) or SeedGroup((row.point,), target, row.point)
        for row in rows
        for target in filter(row.point.has_file, Target)
    )
    return list({(group.record.id, group.target): group for group in found}.values())


def of_baselines(rows: Sequence[Row]) -> Iterator[SeedGroup]:
    """Group the files of the baselines."""
    groups: dict[object, dict[str, Record]] = {}
    for row in rows:
        if row.baseline:
            groups.setdefault(alike(row.baseline), {})[row.baseline.id] = row.baseline
    for runs in groups.values():
        for target in Target:
            records = tuple(run for run in runs.values() if run.has_file(target))
            if records:
                yield SeedGroup(records, target, _middle(records, target))


def _middle(records: Sequence[Record], target: Target) -> Record:
    name = f"validation_accuracy/{target}"
    return sorted(records, key=lambda run: run.metrics[name])[(len(records) - 1) // 2]
