"""Fill the table of the page: a heading, and a line for each measured file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runner.report.contents import Contents
from runner.results.rows import Row, varying
from runner.settings.devices import Device
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record

_FIGURES = ("zipped bytes", "times smaller", "validation", "drop, points", "test", "bytes")
_ESTIMATE = "ms (estimate)"
# Of a phone, the zipped bytes stand there in any case.
_COLUMNS = {Device.PHONE: ("runs", "RAM"), Device.MICROCONTROLLER: ("runs", "flash", "RAM")}
_ETHOS_U = ("runs", "flash", "RAM", _ESTIMATE)
_RUNS = {True: "yes", False: "no", None: "not known"}
DENSE, BEST, PICK = "dense", "best at its size", "to ship"


@dataclass(frozen=True)
class Line:
    """The line of a measured file: the texts of its cells, and its mark, which may be empty."""

    cells: tuple[str, ...]
    mark: str


class FilesTable:
    """Every file of every point and baseline, the smallest on the device first."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        points = [row.point for row in contents.rows]
        self._settings = varying(points)
        self._has_latency = any(
            name.startswith("latency_ms/") for point in points for name in point.metrics
        )
        self._picks = {(file.point.id, file.target) for file in contents.picks}
        self._front = {(file.point.id, file.target) for file in contents.front}

    @property
    def heading(self) -> list[str]:
        """The names of the columns, with that of the sweep where there are several."""
        sweep = ["sweep"] if len(self._contents.sweeps) > 1 else []
        latency = ["ms an image"] if self._has_latency else []
        settings = short(self._settings).values()
        # The settings that vary say what the name says, and can be sorted.
        names = list(settings) or ["point"]
        return ["mark", *sweep, *names, "file", *_FIGURES, *latency, *self._device_heading]

    @property
    def _device_heading(self) -> list[str]:
        return [
            f"{device}: {name}"
            for device in self._contents.asked_devices
            for name in _COLUMNS.get(device, _ETHOS_U)
        ]

    @property
    def lines(self) -> list[Line]:
        """The files; their drops count from the best baseline of their own sweep and data."""
        lines: dict[tuple[str, str], tuple[float, Line]] = {}
        for _, decision in self._contents.decisions:
            if decision.dense:
                lines |= self._lines(decision.rows, decision.dense.accuracy)
        return [line for _, line in sorted(lines.values(), key=lambda pair: pair[0])]

    def _lines(self, rows: Sequence[Row], best: float) -> dict[tuple[str, str], tuple[float, Line]]:
        """Return each file's bytes on the device and line, by its run and target."""
        dense = {row.baseline.id: row.baseline for row in rows if row.baseline}
        lines = {}
        for record in [*dense.values(), *(row.point for row in rows if row.baseline)]:
            for target in filter(record.has_file, Target):
                mark = DENSE if record.id in dense else self._mark(record, target)
                cells = [mark, *self._names(record, mark), str(target)]
                cells += self._figures(record, target, best)
                cells += self._on_devices(record, target)
                size = self._contents.size(record, target)
                # What does not run there stands last.
                key = math.inf if size is None else size
                lines[record.id, str(target)] = (key, Line(tuple(cells), mark))
        return lines

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

    def _names(self, record: Record, mark: str) -> list[str]:
        contents, dense = self._contents, mark == DENSE
        sweep = "" if dense else contents.sweep_of(record)
        point = "dense baseline" if dense else record.name
        settings = [record.params.get(name, "") for name in self._settings]
        return [*([sweep] if len(contents.sweeps) > 1 else []), *(settings or [point])]

    def _figures(self, record: Record, target: Target, best: float) -> list[str]:
        figures = record.metrics
        validation = figures[f"validation_accuracy/{target}"]
        latency = figures.get(f"latency_ms/{target}")
        return [
            f"{figures[f'zip_bytes/{target}']:,.0f}",
            f"{figures[f'zip_ratio/{target}']:.1f}",
            f"{validation:.2%}",
            f"{(best - validation) * 100:.2f}",
            f"{figures[f'accuracy/{target}']:.2%}",
            f"{figures[f'size_bytes/{target}']:,.0f}",
            *(["" if latency is None else f"{latency:.3g}"] if self._has_latency else []),
        ]


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
