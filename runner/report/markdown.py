"""Findings go in; the report as Markdown comes out, whole, or as short as a run's note."""

from collections.abc import Sequence

from runner.report import sweep_facts
from runner.report.contents import Findings
from runner.results.decision import Decision, figures
from runner.results.rows import Results, Row
from runner.results.table import LEGEND, as_markdown, as_text
from runner.tracking import Store

# MLflow takes 8,000 characters in a tag, and the note is one.
_LONGEST = 7500


def whole(findings: Findings) -> str:
    """Write everything: decisions, tables, failures, settings, versions and commands."""
    parts = [f"# {' and '.join(findings.labels)}"]
    for label, results in zip(findings.labels, findings.sweeps, strict=True):
        settings = "\n".join(
            f"- `{name}`: {value}" for name, value in sweep_facts.settings(results).items()
        )
        parts += [
            f"## {label}: {sweep_facts.counted(results)}",
            *_decisions(findings, results),
            as_text(results.rows),
            LEGEND,
            *_failures(results),
            "### How",
            _facts(results),
            "### Settings",
            settings,
        ]
    return "\n\n".join(parts) + "\n"


def note(findings: Findings, pictures: Sequence[str]) -> str:
    """Write the note of a sweep's run; of a table that is too long, only the best points."""
    (results,) = findings.sweeps
    named = ", ".join(f"`pictures/{name}.html`" for name in pictures)
    head = [*_decisions(findings, results), f"**{sweep_facts.counted(results)}.**"]
    tail = [
        LEGEND,
        f"The whole report is among the artifacts: `report.html`; pictures: {named}.",
        *_failures(results),
    ]
    room = _LONGEST - sum(len(part) + 2 for part in [*head, *tail])
    text = "\n\n".join([*head, _table(findings, results.rows, room), *tail])
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _table(findings: Findings, rows: Sequence[Row], room: int) -> str:
    """Draw the table, without the points that are not the best at any size if it is too long."""
    table = as_text(rows)
    if len(table) <= room:
        return table
    best = list(dict.fromkeys(file.point.id for file in [*findings.picks, *findings.front]))
    for most in range(len(best), 0, -1):
        some = [row for row in rows if row.point.id in best[:most]]
        left = f"\n\n{len(rows) - most} more points are in `report.html`."
        table = as_text(some) + left
        if len(table) <= room:
            return table
    return "The table is in `report.html`."


def _decisions(findings: Findings, results: Results) -> list[str]:
    return [
        _decision(findings.store, decision)
        for sweep, decision in findings.decisions
        if sweep is results
    ]


def _decision(store: Store, decision: Decision) -> str:
    file = decision.file or decision.closest
    if not file:
        return f"**{decision.verdict}**"
    path = store.local_file(file.point, f"models/{file.target.file_name}")
    return f"**{decision.verdict}** {figures(file)}.\n\n`{path}`"


def _failures(results: Results) -> list[str]:
    failed = sweep_facts.failures(results)
    told = [f"{each.status}: {each.name}: {each.error or 'no reason known'}" for each in failed]
    lines = [f"- {as_markdown(each)}" for each in told]
    return ["Failed points:", "\n".join(lines)] if lines else []


def _facts(results: Results) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in sweep_facts.facts(results).items())
