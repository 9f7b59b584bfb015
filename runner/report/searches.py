"""Gather how the searches went that a report shows."""

from runner.report.contents import Contents
from runner.results.decision import Decision
from runner.results.rows import Results
from runner.results.search_steps import SearchSteps, search_steps


def searches(contents: Contents) -> list[tuple[Results, Decision, SearchSteps]]:
    """Return the steps of each decision's sweep, where it was a search."""
    return [
        (results, decision, steps)
        for results, decision in contents.decisions
        if (steps := search_steps(results, decision.limits))
    ]
