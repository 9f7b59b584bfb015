"""Give as plain values how far the images of a sweep bear out a decision."""

from dataclasses import asdict, dataclass
from typing import Any

from runner.results.candidate import Candidate
from runner.results.evidence import Evidence
from runner.statistics.repeats import Repeats


@dataclass(frozen=True)
class Drop:
    """How far the accuracy of a setting is below that of its baselines, from -1 to 1.

    Attributes:
        mean: over the seeds.
        low, high: the ends of its interval; of 2 to 4 seeds the least and the largest drop.
        paired: whether the interval comes from the answers to each image; those of sweeps of
            earlier versions come from the numbers of images.
        spread: standard deviation of the seeds' drops; 0 for one seed.
        seeds: the drop of each seed, the smallest first on the validation images.
    """

    mean: float
    low: float
    high: float
    paired: bool
    spread: float
    seeds: tuple[float, ...]

    @classmethod
    def of(cls, repeats: Repeats | None) -> "Drop | None":
        """Take what was measured; None where nothing was."""
        if repeats is None:
            return None
        interval = repeats.interval
        ends = interval.low, interval.high, interval.paired
        return cls(repeats.mean, *ends, repeats.spread, repeats.drops)


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
    drop = Drop.of(repeats)
    return {**asdict(drop), "seeds": [*drop.seeds]} if drop else None


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
