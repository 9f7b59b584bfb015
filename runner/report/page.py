"""Write a report as one self-contained HTML page, which opens without a network."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.escaping.html import environment
from runner.report import class_costs, sweep_facts
from runner.report.contents import Contents
from runner.report.devices_table import DevicesTable
from runner.report.files_data import files_data, seen_by
from runner.report.files_table import FilesTable
from runner.report.importance import Importance, importances
from runner.report.next_step import next_step
from runner.report.searches import searches
from runner.report.svg.picture import figure_of, style
from runner.results.class_words import payment
from runner.results.decision import Decision
from runner.results.file_words import figures
from runner.results.rows import Results, data_label
from runner.results.search_steps import TITLE as SEARCH_TITLE
from runner.results.sweep_on import sweep_on
from runner.results.ways_table import TITLE

_SCRIPTS = ("data.js", "table.js", "plot.js", "page.js")
_PARTS = {
    "front": "Picture",
    "devices": "Devices",
    "ways": "Ways",
    "search": "Search",
    "files": "All files",
    "settings": "Settings that mattered",
    "classes": "Classes",
    "layers": "Layers and training",
    "how": "How it was run",
}


def page(contents: Contents, charts: Mapping[str, Figure]) -> str:
    """Write the page: the decisions, the charts, all files, and how each sweep was run.

    All is inside. It may run its own script only, and load nothing.
    """
    table, script = FilesTable(contents), _script()
    target, mattered = importances(contents)
    values = {
        "title": " and ".join(contents.labels),
        "subtitle": _subtitle(contents.sweeps),
        "policy": _policy(script),
        "style": style() + _read("page.css"),
        "script": script,
        "decisions": [_decision(contents, *pair) for pair in contents.decisions],
        "charts": {name: figure_of(name, figure) for name, figure in charts.items()},
        "devices": DevicesTable(contents, contents.sweeps),
        "devices_asked": [str(device) for device in contents.asked_devices],
        "ways_title": TITLE,
        "ways": [each for pair in contents.decisions for each in _ways(contents, *pair)],
        "search_title": SEARCH_TITLE,
        "searches": _searches(contents),
        "table": table,
        "files_data": files_data(contents, table),
        "runs_seen": seen_by(contents.store),
        "importance_target": target,
        "importances": [_mattered(each) for each in mattered],
        "classes": class_costs.tables(contents),
        "sweeps": [_sweep(*pair) for pair in zip(contents.labels, contents.sweeps, strict=True)],
    }
    template = environment("runner.report").get_template("page.html.j2")
    shown = template.render(**values, parts={})
    # A part is named in the list of parts where it is there.
    parts = {name: words for name, words in _PARTS.items() if f' id="{name}"' in shown}
    return template.render(**values, parts=parts)


def _read(name: str) -> Markup:
    return Markup((files("runner.report.browser") / name).read_text("utf-8"))  # noqa: S704


def _script() -> Markup:
    return Markup("\n").join(map(_read, _SCRIPTS))


def _policy(script: str) -> str:
    """Say in a browser's words what the page may do (W3C, Content Security Policy Level 3)."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _subtitle(sweeps: Sequence[Results]) -> str:
    counts = [sweep_facts.counted(results) for results in sweeps]
    return counts[0] if len(counts) == 1 else f"{len(counts)} sweeps side by side"


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
        "next": next_step(contents.store, results, decision),
        "sweep_on": sweep_on(results, decision),
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


def _searches(contents: Contents) -> list[dict[str, Any]]:
    return [
        {"of": _of(contents, results, decision), "steps": steps}
        for results, decision, steps in searches(contents)
    ]


def _mattered(importance: Importance) -> dict[str, Any]:
    return {
        "of": importance.of,
        "lines": [[name, f"{mean:.2f} ± {std:.2f}"] for name, mean, std in importance.shares],
        "note": importance.words,
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
