"""Describe in Python which file of a sweep to ship, and how far its images bear that out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from runner.report.best_file import BestFile
from runner.results.decision import Decision
from runner.results.evidence import Evidence
from runner.results.evidence_values import Drop
from runner.results.evidence_words import sentences
from runner.tracking import Store


@dataclass(frozen=True)
class SweepDecision:
    """Which file to ship, or which comes closest; as text, a line for each device and data set.

    What it says of the images is about that file; None where nobody measured it.

    Attributes:
        file: the file to ship; None where none qualifies.
        closest: the file that comes closest to the limits.
        reason: why no file is to ship; empty where one is.
        device: what it is to run on.
        max_drop: the limit of the drop of validation accuracy, from 0 to 1.
        confidence: of all intervals.
        certainty: where the interval of its drop lies, on the validation images: `within`,
            `beyond` or `too close to tell`.
        test_certainty: the same on the test images, which had no part in the choice.
        validation_drop, accuracy_drop: its drops on the validation and on the test images.
        images_needed: how many validation images like these would settle it; None where no
            number would, and with several seeds.
        kept: in which share of the resamplings the choice kept the limit; `resamples` is how many
            resamplings there were.
        reduction: how many times smaller it is than the baseline's h5, and by which steps.
        smallest_within: the smallest file that is `within`; None where none is.
        sentences: all this in words.
        others: the decisions on the sweep's other devices and data sets.
    """

    file: BestFile | None
    closest: BestFile | None
    reason: str
    device: str
    max_drop: float
    confidence: float | None
    certainty: str | None
    test_certainty: str | None
    validation_drop: Drop | None
    accuracy_drop: Drop | None
    images_needed: int | None
    kept: float | None
    resamples: int | None
    reduction: Mapping[str, float | None]
    smallest_within: BestFile | None
    sentences: tuple[str, ...]
    text: str
    others: tuple["SweepDecision", ...] = ()

    def __str__(self) -> str:
        """Say what to ship, in one line for each device and data set."""
        return "\n".join([self.text, *(other.text for other in self.others)])

    @classmethod
    def of_all(cls, decisions: Sequence[Decision], store: Store) -> "SweepDecision":
        """Describe decisions; the first one is what the values are about."""
        first, *others = (_described(decision, store) for decision in decisions)
        return replace(first, others=tuple(others))


def _described(decision: Decision, store: Store) -> SweepDecision:
    evidence = Evidence.of(decision)
    candidate = evidence.candidate if evidence else None
    kept = evidence.kept if evidence else None
    certain = evidence.certain if evidence else None
    return SweepDecision(
        file=BestFile.of(decision.file, store) if decision.file else None,
        closest=BestFile.of(decision.closest, store) if decision.closest else None,
        reason="" if decision.file else decision.reason,
        device=str(decision.device),
        max_drop=decision.limits.max_drop or 0.0,
        confidence=evidence.confidence if evidence else decision.limits.confidence,
        certainty=_word(evidence.certainty) if evidence else None,
        test_certainty=_word(evidence.test_certainty) if evidence else None,
        validation_drop=Drop.of(candidate.validation) if candidate else None,
        accuracy_drop=Drop.of(candidate.test) if candidate else None,
        images_needed=evidence.images_needed if evidence else None,
        kept=kept.kept / kept.chosen if kept and kept.chosen else None,
        resamples=kept.resamples if kept else None,
        reduction=evidence.reduction.values if evidence else {},
        smallest_within=BestFile.of(certain.file, store) if certain else None,
        sentences=tuple(sentences(evidence)) if evidence else (),
        text=decision.text(store),
    )


def _word(certainty: object) -> str | None:
    return str(certainty) if certainty else None
