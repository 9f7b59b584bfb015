"""Findings go in; the page's table comes out: a heading, and a line for each measured file."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.report.contents import Findings
from runner.results import choice
from runner.results.rows import Row, varying
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record

_FIGURES = ("zipped bytes", "times smaller", "validation", "drop, points", "test", "bytes")
DENSE, BEST, PICK = "dense", "best at its size", "to ship"


@dataclass(frozen=True)
class Line:
    """A measured file: the texts of its cells, and what to say of it besides, if anything."""

    cells: tuple[str, ...]
    mark: str


class FilesTable:
    """Every file of every point and baseline, the smallest zip first."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        points = [row.point for row in findings.rows]
        self._settings = varying(points)
        self._timed = any(
            name.startswith("latency_ms/") for each in points for name in each.metrics
        )
        self._picked = {(file.point.id, file.target) for file in findings.picks}
        self._front = {(file.point.id, file.target) for file in findings.front}

    @property
    def heading(self) -> list[str]:
        """Name the columns; a sweep's name stands first where there are several."""
        sweep = ["sweep"] if len(self._findings.sweeps) > 1 else []
        latency = ["ms an image"] if self._timed else []
        settings = short(self._settings).values()
        # The settings that vary say what the name says, and can be sorted.
        named = list(settings) or ["point"]
        return ["mark", *sweep, *named, "file", *_FIGURES, *latency]

    @property
    def lines(self) -> list[Line]:
        """List the files; their drops count from the best baseline of their own sweep and data."""
        found: dict[tuple[str, str], tuple[float, Line]] = {}
        for _, decision in self._findings.decisions:
            if decision.baseline:
                found |= self._judged(decision.rows, choice.standard(decision.baseline))
        return [line for _, line in sorted(found.values(), key=lambda each: each[0])]

    def _judged(
        self, rows: Sequence[Row], standard: float
    ) -> dict[tuple[str, str], tuple[float, Line]]:
        """Return each file's zipped bytes and line, by its run and target."""
        dense = {row.baseline.id: row.baseline for row in rows if row.baseline}
        judged = {}
        for record in [*dense.values(), *(row.point for row in rows if row.baseline)]:
            for target in filter(record.has_file, Target):
                mark = DENSE if record.id in dense else self._mark(record, target)
                cells = [mark, *self._named(record, mark), str(target)]
                cells += self._figures(record, target, standard)
                size = record.metrics[f"zip_bytes/{target}"]
                judged[record.id, str(target)] = (size, Line(tuple(cells), mark))
        return judged

    def _mark(self, record: Record, target: Target) -> str:
        key = (record.id, target)
        return PICK if key in self._picked else BEST if key in self._front else ""

    def _named(self, record: Record, mark: str) -> list[str]:
        findings, dense = self._findings, mark == DENSE
        sweep = "" if dense else findings.sweep_of(record)
        name = "dense baseline" if dense else record.name
        settings = [record.params.get(each, "") for each in self._settings]
        return [*([sweep] if len(findings.sweeps) > 1 else []), *(settings or [name])]

    def _figures(self, record: Record, target: Target, standard: float) -> list[str]:
        figures = record.metrics
        validation = figures[f"validation_accuracy/{target}"]
        latency = figures.get(f"latency_ms/{target}")
        return [
            f"{figures[f'zip_bytes/{target}']:,.0f}",
            f"{figures[f'zip_ratio/{target}']:.1f}",
            f"{validation:.2%}",
            f"{(standard - validation) * 100:.2f}",
            f"{figures[f'accuracy/{target}']:.2%}",
            f"{figures[f'size_bytes/{target}']:,.0f}",
            *(["" if latency is None else f"{latency:.3g}"] if self._timed else []),
        ]
