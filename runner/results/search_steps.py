"""Show how the search of a sweep went, step by step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.results import choice
from runner.results.limits import Limits
from runner.results.pareto import pareto
from runner.results.rows import Results, Row
from runner.tracking.tags import SEARCH_END, SEARCH_NEXT

TITLE = "How the search went"
_HEADING = ("", "point", "its smallest file within the limits", "smallest so far", "front grew")


@dataclass(frozen=True)
class SearchSteps:
    """The points of a search in the order in which they were begun.

    Attributes:
        lines: a line a point, with a cell for each of the heading.
        end: how it ended, in words.
        command: of the point that it would try next; empty where there is none.
    """

    lines: tuple[tuple[str, ...], ...]
    end: str
    command: str

    heading = _HEADING


def search_steps(results: Results, limits: Limits) -> SearchSteps | None:
    """Return the steps of a search; None of a sweep that ran all of its points."""
    tags = results.sweep.tags
    if SEARCH_END not in tags:
        return None
    rows = sorted(results.rows, key=lambda row: row.point.started)
    lines = tuple(_lines(rows, limits))
    return SearchSteps(lines, f"The search {tags[SEARCH_END]}.", tags.get(SEARCH_NEXT, ""))


def _lines(rows: Sequence[Row], limits: Limits) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(rows, start=1):
        so_far = rows[:number]
        own = choice.smallest([row], limits)
        best = choice.smallest(so_far, limits)
        front = pareto(choice.candidates(so_far, limits.device))
        grew = any(row.point.id == file.point.id for each in front for file in each.files)
        cells = (_words(own), _words(best), "yes" if grew else "")
        yield (str(number), row.point.name, *cells)


def _words(candidate: choice.Candidate | None) -> str:
    if candidate is None:
        return "none"
    file = candidate.file
    return f"{file.target}, {file.size:,.0f} bytes, drops {candidate.drop * 100:.2f} points"
