"""Write a report as one self-contained HTML page, which opens without a network."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from runner.escaping.html import environment
from runner.report import sweep_facts
from runner.report.charts.style import CONFIG
from runner.report.contents import Contents
from runner.report.devices_table import DevicesTable
from runner.report.files_table import FilesTable
from runner.report.searches import searches
from runner.results.class_words import payment
from runner.results.decision import Decision
from runner.results.file_words import figures
from runner.results.rows import Results, data_label
from runner.results.search_steps import TITLE as SEARCH_TITLE
from runner.results.ways_table import TITLE


def page(contents: Contents, charts: Mapping[str, Figure]) -> str:
    """Write the page: the decisions, the charts, all files, and how each sweep was run.

    Everything is embedded, plotly's JavaScript (4.8 MB) too.
    """
    counts = [sweep_facts.counted(results) for results in contents.sweeps]
    template = environment("runner.report").get_template("page.html.j2")
    return template.render(
        title=" and ".join(contents.labels),
        subtitle=counts[0] if len(counts) == 1 else f"{len(counts)} sweeps side by side",
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        decisions=[_decision(contents, *pair) for pair in contents.decisions],
        charts=[{"name": name, "html": _embed(name, figure)} for name, figure in charts.items()],
        devices=DevicesTable(contents, contents.sweeps),
        ways_title=TITLE,
        ways=[each for pair in contents.decisions for each in _ways(contents, *pair)],
        search_title=SEARCH_TITLE,
        searches=[
            {"of": _of(contents, results, decision), "steps": steps}
            for results, decision, steps in searches(contents)
        ],
        table=FilesTable(contents),
        sweeps=[_sweep(*pair) for pair in zip(contents.labels, contents.sweeps, strict=True)],
    )


def _embed(name: str, figure: Figure) -> Markup:
    html = figure.to_html(
        full_html=False, include_plotlyjs=False, config=CONFIG, div_id=f"figure-{name}"
    )
    return Markup(html)  # noqa: S704


def _decision(contents: Contents, results: Results, decision: Decision) -> dict[str, Any]:
    file = decision.file or decision.closest
    return {
        "of": _of(contents, results, decision),
        "file": decision.file,
        "verdict": decision.verdict,
        "figures": figures(file) if file else "",
        "sentences": contents.sentences(decision),
        "classes": payment(contents.classes_of(file)) if file else "",
        "path": contents.store.local_file(file.point, file.artifact) if file else "",
    }


def _of(contents: Contents, results: Results, decision: Decision) -> str:
    """Name what a decision is about; empty where there is only one."""
    label = contents.labels[contents.sweeps.index(results)]
    data = data_label(decision.rows, contents.rows) if decision.rows else ""
    return f"{label} on {data}" if len(contents.decisions) > 1 else ""


def _ways(contents: Contents, results: Results, decision: Decision) -> list[dict[str, Any]]:
    of = _of(contents, results, decision)
    return [
        {
            "of": ", ".join(filter(None, (of, table.group.label))),
            "heading": table.heading,
            "lines": table.lines,
            "sentences": table.sentences,
        }
        for table in contents.ways[id(decision)]
    ]


def _sweep(label: str, results: Results) -> dict[str, Any]:
    facts = dict(sweep_facts.facts(results))
    return {
        "label": label,
        "failures": sweep_facts.failures(results),
        "command": facts.pop("command", ""),
        "facts": facts,
        "settings": sweep_facts.settings(results),
    }
