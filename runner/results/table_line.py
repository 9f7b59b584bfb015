"""Describe a line of a sweep's table: runs that differ in nothing but their seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import NamedTuple

from runner.device.fit import Fit, fit
from runner.device.table import DeviceRow
from runner.results.certainties import Certainties
from runner.results.rows import Row, repeats
from runner.results.way import channels_kept
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.certainty import Certainty
from runner.tracking import Record

BASELINE, POINT = "baseline", "point"
_UNKNOWN = "-"
# What fits a column.
_WORDS = {
    Certainty.WITHIN: "within",
    Certainty.BEYOND: "beyond",
    Certainty.TOO_CLOSE: "too close",
}


class Cell(NamedTuple):
    """What the table says of one kind of file; in the first place why there is nothing to say.

    Attributes:
        more: how many times smaller it is than the baseline's h5, or its bytes of RAM.
        word: whether its drop of validation accuracy is within the limit.
    """

    accuracy: str
    size: str = ""
    more: str = ""
    word: str = ""

    @property
    def text(self) -> str:
        """All in one column."""
        return " ".join(filter(None, self))


@dataclass(frozen=True)
class Line:
    """Points, or baselines, that differ in nothing but their seed.

    Attributes:
        kind: baseline or point.
        records: their runs, one a seed.
        devices: what devices make of the files of each run, by its id.
    """

    kind: str
    records: tuple[Record, ...]
    devices: Mapping[str, Sequence[DeviceRow]]

    @property
    def seeds(self) -> str:
        """How many seeds there are; of some that failed, how many have files."""
        there = sum(any(map(record.has_file, Target)) for record in self.records)
        every = len(self.records)
        return f"{every}" if there in (0, every) else f"{there} of {every}"

    @property
    def sparsity(self) -> str:
        """The mean share of weights that are zero."""
        known = [each.metrics["sparsity"] for each in self.records if "sparsity" in each.metrics]
        return f"{mean(known):.4f}" if known else _UNKNOWN

    @property
    def channels_kept(self) -> str:
        """The mean share of channels that are left."""
        known = [share for share in map(channels_kept, self.records) if share is not None]
        return f"{mean(known):.4f}" if known else _UNKNOWN

    @property
    def macs(self) -> str:
        """The mean of multiply-accumulates of one image."""
        known = [each.metrics["macs"] for each in self.records if "macs" in each.metrics]
        return f"{mean(known):,.0f}" if known else _UNKNOWN

    def value(self, setting: str) -> str:
        """The value of a setting, which is empty where a baseline does not depend on it."""
        return self.records[0].params.get(setting, "")

    def cell(self, target: Target, device: Device, words: Certainties) -> Cell:
        """Say what the files of one kind come to on a device, on average over the seeds."""
        having = [record for record in self.records if record.has_file(target)]
        if not having:
            failed = any(_has_failed(record, target) for record in self.records)
            return Cell("failed" if failed else _UNKNOWN)
        fits = [self._fit(record, target, device) for record in having]
        if not all(each.runs for each in fits):
            refused = any(each.runs is False for each in fits)
            return Cell("does not run" if refused else "not known")
        figures = [record.figures(target) for record in having]
        ram = [each.ram for each in fits if each.ram is not None]
        more = f"{mean(ram):,.0f}" if ram else _UNKNOWN
        if device is Device.PHONE:
            more = f"{mean(each['zip_ratio'] for each in figures):.1f}x"
        size = f"{mean(each.size for each in fits):,.0f}"
        return Cell(_accuracy(figures), size, more, self._word(having, target, words))

    def _fit(self, record: Record, target: Target, device: Device) -> Fit:
        rows = self.devices.get(record.id, ())
        return fit(target, record.figures(target), rows, device)

    def _word(self, having: Sequence[Record], target: Target, words: Certainties) -> str:
        # Nobody ships the files of a baseline.
        if self.kind == BASELINE:
            return ""
        found = filter(None, (words.get((record.id, target)) for record in having))
        return next((_WORDS[each] for each in found), _UNKNOWN)


def lines(rows: Sequence[Row]) -> list[Line]:
    """Describe the baselines, then the points, in the order of the rows."""
    devices = {row.point.id: row.devices for row in rows}
    devices |= {row.baseline.id: row.baseline_devices for row in rows if row.baseline}
    baselines = {row.baseline.id: row.baseline for row in rows if row.baseline}
    kinds = {BASELINE: baselines.values(), POINT: [row.point for row in rows]}
    return [
        Line(kind, tuple(group), devices)
        for kind, records in kinds.items()
        for group in repeats(records, lambda record: record)
    ]


def _has_failed(record: Record, target: Target) -> bool:
    """Tell whether a run was to have such a file, and failed before it had it."""
    requested = record.params.get("export.targets", "").strip("[]").split(",")
    possible = target.goes_with(record.params.get("compress.name", "none"))
    return record.status == "FAILED" and target in requested and possible


def _accuracy(figures: Sequence[Mapping[str, float]]) -> str:
    shares = [each["accuracy"] for each in figures]
    spread = f" ±{stdev(shares) * 100:.2f}" if len(shares) > 1 else ""
    return f"{mean(shares):.2%}{spread}"
