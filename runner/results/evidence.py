"""Tell how far the images of a sweep bear out a decision."""

import functools
from dataclasses import dataclass, replace

from runner.results import choice
from runner.results.candidate import Candidate
from runner.results.decision import Decision
from runner.results.file import File
from runner.results.reduction import Reduction, reduction
from runner.results.rows import alike, seed_of, sort_key
from runner.statistics.certainty import Certainty
from runner.statistics.images_needed import images_needed
from runner.statistics.resampling import Kept, how_often_kept


@dataclass(frozen=True)
class Evidence:
    """What a sweep's images say of what it ships, or of what comes closest.

    Attributes:
        candidate: what is shipped; else what comes closest.
    """

    decision: Decision
    candidate: Candidate

    @classmethod
    def of(cls, decision: Decision) -> "Evidence | None":
        """Take what a decision is about; None where there is no file."""
        candidate = decision.candidate or decision.nearest
        return cls(decision, candidate) if candidate else None

    @functools.cached_property
    def lacking_seeds(self) -> list[str]:
        """The seeds of which this setting has no such file."""
        setting, found = alike(self.candidate.file.point), map(_seed, self.candidate.files)
        points = (row.point for row in self.decision.rows if alike(row.point) == setting)
        return sorted({seed_of(point) for point in points} - {*found}, key=sort_key)

    @property
    def max_drop(self) -> float:
        """The limit."""
        return self.decision.limits.max_drop or 0.0

    @property
    def confidence(self) -> float:
        """The confidence of all intervals."""
        return self.decision.limits.confidence or choice.CONFIDENCE

    @property
    def certainty(self) -> Certainty | None:
        """Whether the drop on the validation images is within the limit; None: not measured."""
        return self.candidate.certainty(self.max_drop)

    @property
    def test_certainty(self) -> Certainty | None:
        """The same of the test images, which had no part in the choice."""
        return self.candidate.test.certainty(self.max_drop) if self.candidate.test else None

    @functools.cached_property
    def certain(self) -> Candidate | None:
        """The smallest that is within the limit with confidence, and keeps all others."""
        limits = replace(self.decision.limits, confidence=self.confidence)
        # Candidates are judged with this confidence where none is asked for, too.
        return next(iter(choice.in_order(self.decision.candidates, limits)), None)

    @functools.cached_property
    def images_needed(self) -> int | None:
        """How many validation images like these would settle it for one seed; None: no number."""
        pairs = self.candidate.file.pairs
        if pairs is None or len(self.candidate.files) > 1:
            return None
        return images_needed(*pairs.validation, self.max_drop, self.confidence)

    @functools.cached_property
    def kept(self) -> Kept | None:
        """How often the choice keeps its limit on resampled images."""
        limits = self.decision.limits
        others = replace(limits, max_drop=None, confidence=None)
        found = choice.in_order(self.decision.candidates, others)
        pairs = [[file.pairs for file in each.files if file.pairs] for each in found]
        whole = all(len(each.files) == len(some) for each, some in zip(found, pairs, strict=True))
        one = len({pair.data for some in pairs for pair in some}) == 1
        if not self.decision.candidate or not whole or not one:
            return None
        validation = [[pair.validation for pair in some] for some in pairs]
        return how_often_kept(validation, self.max_drop, limits.confidence)

    @functools.cached_property
    def reduction(self) -> Reduction:
        """How much smaller each step made the file."""
        return reduction(self.candidate.file, self.decision.rows)


def _seed(file: File) -> str:
    return seed_of(file.point)
