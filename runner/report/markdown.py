"""Write the report as Markdown: the whole of it, or a note for the sweep's run."""

from collections.abc import Sequence

from runner.escaping.markdown import code, plain
from runner.report import sweep_facts
from runner.report.contents import Contents
from runner.report.devices_table import DevicesTable
from runner.report.searches import searches
from runner.results.class_words import payment
from runner.results.decision import Decision
from runner.results.file_words import figures
from runner.results.rows import Results, alike, data_label
from runner.results.search_steps import TITLE as SEARCH_TITLE
from runner.results.table import PointsTable
from runner.results.ways_table import TITLE

# MLflow takes 8,000 characters in a tag, and the note is one.
_LONGEST = 7500


def whole(contents: Contents) -> str:
    """Write everything: decisions, tables, failures, settings, versions and commands."""
    parts = [f"# {plain(' and '.join(contents.labels))}"]
    for label, results in zip(contents.labels, contents.sweeps, strict=True):
        table = PointsTable(results, contents.device)
        settings = "\n".join(
            f"- {code(name)}: {code(value)}"
            for name, value in sweep_facts.settings(results).items()
        )
        parts += [
            f"## {plain(label)}: {sweep_facts.counted(results)}",
            *_decisions(contents, results),
            *_devices(contents, results),
            table.text(),
            *table.legend,
            *_ways(contents, results),
            *_search(contents, results),
            *_failures(results),
            "### How",
            _facts(results),
            "### Settings",
            settings,
        ]
    return "\n\n".join(parts) + "\n"


def note(contents: Contents, charts: Sequence[str]) -> str:
    """Write the note of a sweep's run, with only the best points if the table is too long.

    Args:
        charts: the names of the charts among the artifacts.
    """
    (results,) = contents.sweeps
    files = ", ".join(f"`pictures/{name}.html`" for name in charts)
    decisions = _decisions(contents, results)
    if sum(map(len, decisions)) > _LONGEST // 2:
        # Of many data sets: what to ship of each comes before how sure that is.
        decisions = _decisions(contents, results, evidence=False)
    counted = f"**{sweep_facts.counted(results)}.**"
    head = [*decisions, *_devices(contents, results), counted]
    table = PointsTable(results, contents.device)
    tail = [
        *table.legend,
        f"The whole report is among the artifacts: `report.html`; pictures: {files}.",
        *_failures(results),
    ]
    room = _LONGEST - sum(len(part) + 2 for part in [*head, *tail])
    text = "\n\n".join([*head, _table(contents, table, room), *tail])
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _table(contents: Contents, table: PointsTable, room: int) -> str:
    """Draw the table, without the points that are not the best at any size if it is too long."""
    text = table.text()
    if len(text) <= room:
        return text
    best = list(dict.fromkeys(each.file.point.id for each in [*contents.picked, *contents.front]))
    for most in range(len(best), 0, -1):
        # A line may stand for several seeds.
        shown = {alike(row.point) for row in contents.rows if row.point.id in best[:most]}
        left = sum(alike(row.point) not in shown for row in contents.rows)
        text = f"{table.text(best[:most])}\n\n{left} more points are in `report.html`."
        if len(text) <= room:
            return text
    return "The table is in `report.html`."


def _decisions(contents: Contents, results: Results, evidence: bool = True) -> list[str]:
    return [
        _decision(contents, decision, evidence)
        for sweep, decision in contents.decisions
        if sweep is results
    ]


def _decision(contents: Contents, decision: Decision, evidence: bool) -> str:
    file = decision.file or decision.closest
    if not file:
        return f"**{plain(decision.verdict)}**"
    path = contents.store.local_file(file.point, file.artifact)
    classes = plain(payment(contents.classes_of(file)))
    said = plain(" ".join(contents.sentences(decision) if evidence else []))
    parts = [f"**{plain(decision.verdict)}** {figures(file)}.", said, classes, code(path)]
    return "\n\n".join(part for part in parts if part)


def _devices(contents: Contents, results: Results) -> list[str]:
    table = DevicesTable(contents, [results])
    return [_drawn(table.heading, table.lines)] if table.lines else []


def _search(contents: Contents, results: Results) -> list[str]:
    """Say how the search of a sweep went, and what it would try next."""
    found = [steps for sweep, _, steps in searches(contents) if sweep is results]
    return [
        line
        for steps in found
        for line in (
            f"### {SEARCH_TITLE}",
            plain(steps.end),
            f"Next: {code(steps.command)}" if steps.command else "",
            "\n".join(
                f"{number}. {plain(point)}: {plain(own)}; so far {plain(best)}"
                for number, point, own, best, _ in steps.lines
            ),
        )
        if line
    ]


def _ways(contents: Contents, results: Results) -> list[str]:
    """Compare channels, weights and both on each data set; nothing where none is removed."""
    decisions = [each for sweep, each in contents.decisions if sweep is results and each.rows]
    several = len(decisions) > 1
    texts = [
        text
        for each in decisions
        for table in contents.ways[id(each)]
        for text in (
            *_labels(data_label(each.rows, contents.rows) * several, table.group.label),
            _drawn(table.heading, table.lines),
            *map(plain, table.sentences),
        )
    ]
    return [f"### {TITLE}", *texts] if texts else []


def _labels(*labels: str) -> list[str]:
    """Write labels as one line; none where all are empty."""
    found = list(filter(None, labels))
    return [plain(", ".join(found))] if found else []


def _drawn(heading: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [heading, ["---"] * len(heading), *lines]
    return "\n".join(f"| {' | '.join(map(plain, cells))} |" for cells in rows)


def _failures(results: Results) -> list[str]:
    reasons = [
        f"{point.status}: {point.name}: {point.error or 'no reason known'}"
        for point in sweep_facts.failures(results)
    ]
    lines = [f"- {plain(reason)}" for reason in reasons]
    return ["Failed points:", "\n".join(lines)] if lines else []


def _facts(results: Results) -> str:
    facts = sweep_facts.facts(results).items()
    return "\n".join(f"- {name}: {code(value)}" for name, value in facts)
