"""Say in the cells of a table how far accuracy drops, how sure that is, and what it means."""

from collections.abc import Sequence

from runner.report.contents import Contents
from runner.results.candidate import Candidate
from runner.results.choice import CONFIDENCE
from runner.results.drop_words import NOT_MEASURED, interval
from runner.results.file_words import in_points
from runner.statistics.repeats import ENOUGH


def headings(contents: Contents) -> list[str]:
    """Name the columns: the drop, its interval, and the word for where that lies."""
    limits = {results.max_drop for results in contents.sweeps}
    limit = f": {in_points(limits.pop())}" if len(limits) == 1 else ""
    return ["drop, points", "interval, points", f"limit{limit}"]


def cells(candidate: Candidate, max_drop: float) -> list[str]:
    """Fill these columns for files of one kind at one setting."""
    word = candidate.certainty(max_drop) or NOT_MEASURED
    return [f"{candidate.drop * 100:.2f}", interval(candidate.validation), str(word)]


def explanation(contents: Contents) -> str:
    """Explain the columns in a few sentences."""
    decisions = [decision for _, decision in contents.decisions]
    sure = sorted({each.limits.confidence or CONFIDENCE for each in decisions}) or [CONFIDENCE]
    shares = " or ".join(f"{each * 100:g} %" for each in sure)
    parts = [
        f"An interval holds the drop on all images like these with {shares} confidence, for each "
        "file by itself: it is not adjusted for choosing among many. A file is within the limit "
        "where its whole interval is, and beyond it where no part of the interval is inside.",
        *_of_seeds(contents.candidates),
        *_of_old_runs(contents.candidates),
    ]
    return " ".join(parts)


def _of_seeds(candidates: Sequence[Candidate]) -> list[str]:
    seeds = {len(each.files) for each in candidates} - {1}
    texts = []
    if seeds:
        texts = ["Accuracies and drops of several seeds are means; bytes are the median seed's."]
    if any(number < ENOUGH for number in seeds):
        texts.append(
            f"Of 2 to {ENOUGH - 1} seeds, the range of their drops stands there, and the interval "
            "of every one must lie within the limit, or of every one beyond."
        )
    return texts


def _of_old_runs(candidates: Sequence[Candidate]) -> list[str]:
    known = [each.validation for each in candidates if each.validation]
    texts = []
    if any(not each.interval.paired for each in known):
        texts.append(
            "Unpaired intervals are those of runs of earlier versions, which did not keep which "
            "images a file gets right: they are as wide as for other images."
        )
    if len(known) < len(candidates):
        texts.append("Not measured: the runs do not say how many images there were.")
    return texts
