"""Findings go in; the page's table comes out: a heading, and a line for each measured file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.labels import short
from runner.report.findings import Findings
from runner.results import choice
from runner.results.rows import Row, varying
from runner.targets import Target
from runner.tracking import Record


@dataclass(frozen=True)
class Line:
    """A measured file: the texts of its cells, and what to say of it besides, if anything."""

    cells: tuple[str, ...]
    mark: str = ""


def heading(findings: Findings) -> list[str]:
    """Name the columns; a sweep's name stands first where there are several."""
    sweep = ["sweep"] if len(findings.sweeps) > 1 else []
    latency = ["ms an image"] if _has_latency(findings) else []
    figures = ["zipped bytes", "times smaller", "validation", "drop, points", "test", "bytes"]
    return [*sweep, "point", *short(_settings(findings)).values(), "file", *figures, *latency]


def lines(findings: Findings) -> list[Line]:
    """List every file, the smallest zip first, those of the dense baselines too."""
    found = [line for part in findings.parts for line in _part(findings, part)]
    return [line for _, line in sorted(found, key=lambda each: each[0])]


def _part(findings: Findings, part: Sequence[Row]) -> Iterator[tuple[float, Line]]:
    best = choice.best_baseline(part)
    if best is None:
        return
    standard = choice.standard(best)
    picked = {(file.point.id, file.target) for file in findings.picks}
    front = {(file.point.id, file.target) for file in findings.front}
    dense = {row.baseline.id: row.baseline for row in part if row.baseline}
    for record in [*dense.values(), *(row.point for row in part if row.baseline)]:
        for target in Target:
            if record.has_file(target):
                key = (record.id, target)
                mark = "dense" if record.id in dense else "best at its size" if key in front else ""
                mark = "to ship" if key in picked else mark
                size = record.metrics[f"zip_bytes/{target}"]
                name = "dense baseline" if record.id in dense else record.name
                cells = _cells(findings, record, name, target, standard)
                yield size, Line(tuple(cells), mark)


def _cells(
    findings: Findings, record: Record, name: str, target: Target, standard: float
) -> list[str]:
    dense = name == "dense baseline"
    sweep = [] if len(findings.sweeps) == 1 else ["" if dense else findings.sweep_of(record)]
    settings = [record.params.get(each, "") for each in _settings(findings)]
    figures = {each: record.metrics[f"{each}/{target}"] for each in ("zip_bytes", "size_bytes")}
    validation = record.metrics[f"validation_accuracy/{target}"]
    latency = record.metrics.get(f"latency_ms/{target}")
    return [
        *sweep,
        name,
        *settings,
        str(target),
        f"{figures['zip_bytes']:,.0f}",
        f"{record.metrics[f'zip_ratio/{target}']:.1f}",
        f"{validation:.2%}",
        f"{(standard - validation) * 100:.2f}",
        f"{record.metrics[f'accuracy/{target}']:.2%}",
        f"{figures['size_bytes']:,.0f}",
        *(["" if latency is None else f"{latency:.3f}"] if _has_latency(findings) else []),
    ]


def _settings(findings: Findings) -> list[str]:
    return varying([row.point for row in findings.rows])


def _has_latency(findings: Findings) -> bool:
    return any(
        name.startswith("latency_ms/") for row in findings.rows for name in row.point.metrics
    )
