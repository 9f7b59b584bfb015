"""Give as plain values how far the images of a sweep bear out a decision."""

from typing import Any

from runner.results.candidate import Candidate
from runner.results.evidence import Evidence
from runner.statistics.repeats import Repeats


def evidence_values(evidence: Evidence) -> dict[str, Any]:
    """Return the words, the drops with their intervals, and what would settle it.

    Drops are dense accuracy minus the file's, from -1 to 1. What was not measured is None.
    """
    candidate, kept = evidence.candidate, evidence.kept
    certainty = {"validation": evidence.certainty, "test": evidence.test_certainty}
    return {
        "confidence": evidence.confidence,
        "certainty": {split: word and str(word) for split, word in certainty.items()},
        "validation_drop": _drop(candidate.validation),
        "accuracy_drop": _drop(candidate.test),
        "images_needed": evidence.images_needed,
        "kept": kept
        and {
            "share": kept.kept / kept.chosen if kept.chosen else None,
            "kept": kept.kept,
            "chosen": kept.chosen,
            "resamples": kept.resamples,
        },
        "reduction": evidence.reduction.values,
        "smallest_within": _name(evidence.certain),
    }


def _drop(repeats: Repeats | None) -> dict[str, Any] | None:
    """Return the mean drop, its interval or the range of few seeds, and the drop of each seed."""
    if repeats is None:
        return None
    return {
        "mean": repeats.mean,
        "low": repeats.interval.low,
        "high": repeats.interval.high,
        "paired": repeats.interval.paired,
        "spread": repeats.spread,
        "seeds": [*repeats.drops],
    }


def _name(candidate: Candidate | None) -> dict[str, Any] | None:
    """Say which file is the smallest that is within the limit, also where it is this one."""
    if candidate is None:
        return None
    file = candidate.file
    return {
        "point": file.point.name,
        "run_id": file.point.id,
        "target": str(file.target),
        "bytes": file.size,
    }
