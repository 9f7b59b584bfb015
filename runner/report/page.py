"""Findings go in; one self-contained HTML page comes out, which opens without a network."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from runner.report import sweep_facts
from runner.report.charts.style import CONFIG
from runner.report.contents import Findings
from runner.report.files_table import FilesTable
from runner.results.decision import Decision, figures
from runner.results.rows import Results, data_label


def page(findings: Findings, pictures: Mapping[str, Figure]) -> str:
    """Write the page: the decision, the front, all files, more pictures, and how it came about.

    Everything is embedded, plotly's JavaScript (4.8 MB) too.
    """
    counts = [sweep_facts.counted(results) for results in findings.sweeps]
    environment = Environment(
        loader=PackageLoader("runner.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html.j2").render(
        title=" and ".join(findings.labels),
        subtitle=counts[0] if len(counts) == 1 else f"{len(counts)} sweeps side by side",
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        decisions=[_decision(findings, *each) for each in findings.decisions],
        pictures=[
            {"name": name, "html": _embedded(name, figure)} for name, figure in pictures.items()
        ],
        table=FilesTable(findings),
        sweeps=[_sweep(*each) for each in zip(findings.labels, findings.sweeps, strict=True)],
    )


def _embedded(name: str, figure: Figure) -> Markup:
    html = figure.to_html(
        full_html=False, include_plotlyjs=False, config=CONFIG, div_id=f"figure-{name}"
    )
    return Markup(html)  # noqa: S704


def _decision(findings: Findings, results: Results, decision: Decision) -> dict[str, Any]:
    label = findings.labels[findings.sweeps.index(results)]
    data = data_label(decision.rows, findings.rows) if decision.rows else ""
    several = len(findings.decisions) > 1
    file = decision.file or decision.closest
    place = f"models/{file.target.file_name}" if file else ""
    return {
        "of": f"{label} on {data}" if several else "",
        "file": decision.file,
        "verdict": decision.verdict,
        "figures": figures(file) if file else "",
        "path": findings.store.local_file(file.point, place) if file else "",
    }


def _sweep(label: str, results: Results) -> dict[str, Any]:
    facts = dict(sweep_facts.facts(results))
    return {
        "label": label,
        "failures": sweep_facts.failures(results),
        "command": facts.pop("command", ""),
        "facts": facts,
        "settings": sweep_facts.settings(results),
    }
