"""Fill the table of the page: a heading, and a line for each kind of file at each setting."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runner.report import drop_cells
from runner.report.contents import Contents
from runner.report.seed_group import SeedGroup, of_baselines, of_points
from runner.results.decision import Decision
from runner.results.rows import SEED, seed_of, varying
from runner.results.way import channels_kept, removes_channels
from runner.settings.devices import Device
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record

_BEFORE, _AFTER = ("zipped bytes", "times smaller", "validation"), ("test", "bytes")
_AT_CHANCE = "baseline at chance"
_ESTIMATE = "ms (estimate)"
# Of a phone, the zipped bytes stand there in any case.
_COLUMNS = {Device.PHONE: ("runs", "RAM"), Device.MICROCONTROLLER: ("runs", "flash", "RAM")}
_ETHOS_U = ("runs", "flash", "RAM", _ESTIMATE)
_RUNS = {True: "yes", False: "no", None: "not known"}
DENSE, BEST, PICK = "dense", "best at its size", "to ship"


@dataclass(frozen=True)
class Line:
    """The line of one kind of file at one setting.

    Attributes:
        mark: which may be empty.
        record: the run of the file, of several seeds the median one's.
    """

    cells: tuple[str, ...]
    mark: str
    record: Record
    target: Target


class FilesTable:
    """Every file of every point and baseline, the smallest on the device first.

    Runs that differ in nothing but their seed have one line, of their means.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        points = [row.point for row in contents.rows]
        names = varying(points)
        self._has_seeds = SEED in names
        self._settings = [name for name in names if name != SEED]
        self._has_latency = any(
            name.startswith("latency_ms/") for point in points for name in point.metrics
        )
        self._is_narrow = any(map(removes_channels, points))
        self._picks = {(file.point.id, file.target) for file in contents.picks}
        self._front = {(each.file.point.id, each.file.target) for each in contents.front}

    @property
    def heading(self) -> list[str]:
        """The names of the columns, with that of the sweep where there are several."""
        sweep = ["sweep"] if len(self._contents.sweeps) > 1 else []
        latency = ["ms an image"] if self._has_latency else []
        names = self.names
        figures = [*_BEFORE, *drop_cells.headings(self._contents), *_AFTER]
        network = ["channels kept", "MACs"] if self._is_narrow else []
        return ["mark", *sweep, *names, "file", *figures, *latency, *network, *self._device_heading]

    @property
    def names(self) -> list[str]:
        """The names of the columns that say which point it is."""
        settings = short(self._settings).values()
        # The settings that vary say what the name says, and can be sorted.
        return [*settings, *(["seeds"] if self._has_seeds else [])] or ["point"]

    @property
    def _device_heading(self) -> list[str]:
        return [
            f"{device}: {name}"
            for device in self._contents.asked_devices
            for name in _COLUMNS.get(device, _ETHOS_U)
        ]

    @property
    def explanation(self) -> str:
        """What the columns of the drop hold, in a few sentences."""
        return drop_cells.explanation(self._contents)

    @property
    def lines(self) -> list[Line]:
        """The files; their drops count from the best baseline of their own sweep and data."""
        lines: dict[tuple[str, str], tuple[float, Line]] = {}
        for _, decision in self._contents.decisions:
            if decision.dense:
                lines |= self._lines(decision, decision.dense.accuracy)
        return [line for _, line in sorted(lines.values(), key=lambda pair: pair[0])]

    def _lines(self, decision: Decision, best: float) -> dict[tuple[str, str], tuple[float, Line]]:
        """Return each file's bytes on the device and line, by its run and target."""
        rows = [row for row in decision.rows if row.baseline]
        points = of_points(rows, self._contents.candidates)
        groups = [(DENSE, group) for group in of_baselines(rows)]
        groups += [(self._mark(group.record, group.target), group) for group in points]
        lines = {}
        for mark, group in groups:
            drop = self._drop(decision, group, best, mark)
            record, target = group.record, group.target
            cells = [mark, *self._names(group, mark), str(target)]
            cells += self._figures(group, drop)
            cells += self._on_devices(record, target)
            size = self._contents.size(record, target)
            # What does not run there stands last.
            key = math.inf if size is None else size
            lines[record.id, str(target)] = (key, Line(tuple(cells), mark, record, target))
        return lines

    def _drop(self, decision: Decision, group: SeedGroup, best: float, mark: str) -> list[str]:
        if group.candidate:
            return drop_cells.cells(group.candidate, decision.limits.max_drop or 0.0)
        drop = f"{(best - group.validation_accuracy) * 100:.2f}"
        return [drop, "", "" if mark == DENSE else _AT_CHANCE]

    def _on_devices(self, record: Record, target: Target) -> list[str]:
        cells = []
        for device in self._contents.asked_devices:
            fit = self._contents.fit(record, target, device)
            texts = {
                "runs": _RUNS[fit.runs] + (f": {fit.reason}" if fit.reason else ""),
                "flash": _count(fit.size if fit.runs else None),
                "RAM": _count(fit.ram),
                _ESTIMATE: "" if fit.latency_ms is None else f"{fit.latency_ms:.3g}",
            }
            cells += [texts[name] for name in _COLUMNS.get(device, _ETHOS_U)]
        return cells

    def _mark(self, record: Record, target: Target) -> str:
        key = (record.id, target)
        return PICK if key in self._picks else BEST if key in self._front else ""

    def _names(self, group: SeedGroup, mark: str) -> list[str]:
        contents, record, dense = self._contents, group.record, mark == DENSE
        sweep = "" if dense else contents.sweep_of(record)
        point = "dense baseline" if dense else record.name
        names = [record.params.get(name, "") for name in self._settings]
        if self._has_seeds:
            judged = dense or group.candidate
            names.append(str(len(group.records)) if judged else f"seed {seed_of(record)}")
        return [*([sweep] if len(contents.sweeps) > 1 else []), *(names or [point])]

    def _figures(self, group: SeedGroup, drop: Sequence[str]) -> list[str]:
        figures, target = group.record.metrics, group.target
        latency = figures.get(f"latency_ms/{target}")
        return [
            f"{figures[f'zip_bytes/{target}']:,.0f}",
            f"{figures[f'zip_ratio/{target}']:.1f}",
            f"{group.validation_accuracy:.2%}",
            *drop,
            f"{group.accuracy:.2%}",
            f"{figures[f'size_bytes/{target}']:,.0f}",
            *(["" if latency is None else f"{latency:.3g}"] if self._has_latency else []),
            *(self._network(group.record) if self._is_narrow else []),
        ]

    @staticmethod
    def _network(record: Record) -> list[str]:
        kept = channels_kept(record)
        return ["" if kept is None else f"{kept:.4f}", _count(record.metrics.get("macs"))]


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
