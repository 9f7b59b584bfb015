"""Judge whether a challenger is worse than the champion on what was asked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from runner.results import choice
from runner.results.candidate import Candidate
from runner.results.file import File
from runner.results.file_words import in_points
from runner.results.limits import Limits
from runner.results.loss_words import between, is_gain, points
from runner.results.number_words import bytes_words, percent_words
from runner.results.rows import says_which_images
from runner.statistics.certainty import ROUNDING
from runner.statistics.independent import independent_drop
from runner.statistics.interval import Interval
from runner.statistics.paired import paired_drop
from runner.tracking import Record


@dataclass(frozen=True)
class Comparison:
    """The champion's file and the challenger, which keeps all limits.

    Attributes:
        champion: the version that has the alias.
        judged: the champion's file with those of the other seeds, by which it keeps limits.
        limits: what was asked for.
        usual_drop: the drop that the challenger's own sweep allows, from 0 to 1.
    """

    champion: File
    judged: Candidate
    challenger: File
    limits: Limits
    usual_drop: float

    @property
    def of_same_images(self) -> bool:
        """Whether both were judged by the same validation images."""
        one, other = self.champion.pairs, self.challenger.pairs
        if one and other:
            return one.data == other.data
        return _images(self.champion.point) == _images(self.challenger.point)

    @property
    def loss(self) -> float:
        """Validation accuracy of the champion minus the challenger's, from -1 to 1."""
        return self.champion.validation_accuracy - self.challenger.validation_accuracy

    @property
    def confidence(self) -> float:
        """The confidence of the intervals, from 0 to 1."""
        return self.limits.confidence or choice.CONFIDENCE

    @property
    def interval(self) -> Interval | None:
        """Where the loss lies, with the confidence of the limits; None: nobody knows."""
        one, other, confidence = self.champion.pairs, self.challenger.pairs, self.confidence
        if one and other and self.of_same_images:
            return paired_drop(one.validation[1], other.validation[1], confidence)
        if not self.champion.images or self.champion.images != self.challenger.images:
            return None
        total = self.champion.images[0]
        first, second = (round(file.validation_accuracy * total) for file in self._files)
        return independent_drop(first, second, total, confidence)

    @property
    def excuse(self) -> str:
        """What was asked for and the champion cannot give, besides accuracy; empty for nothing."""
        needs = replace(self.limits, max_drop=None, confidence=None)
        texts = [excess.text for excess in needs.broken_by(self.judged)]
        if self.champion.target not in self.limits.targets:
            texts.insert(0, f"is of another kind, {self.champion.target}")
        return " and ".join(texts)

    @property
    def reasons(self) -> list[str]:
        """In what the challenger is worse; nothing where it is not."""
        return [] if self.excuse else [*self._smaller(), *self._more_accurate()]

    @property
    def _files(self) -> tuple[File, File]:
        return self.champion, self.challenger

    def _smaller(self) -> Iterator[str]:
        more = self.challenger.size - self.champion.size
        if more > 0 and not self.limits.broken_by(self.judged):
            yield f"takes {bytes_words(self.challenger)}, {more:,.0f} more"

    def _more_accurate(self) -> Iterator[str]:
        allowed = min(self.usual_drop, *self._asked_drop)
        if self.loss - ROUNDING > allowed:
            yield f"{self.loss_words}, more than {in_points(allowed)}"
        elif self.interval and self.interval.low > ROUNDING:
            yield f"{self.loss_words}, with {percent_words(self.confidence)} confidence a loss"

    @property
    def _asked_drop(self) -> list[float]:
        return [1.0 if self.limits.max_drop is None else self.limits.max_drop]

    @property
    def loss_words(self) -> str:
        """Say how much validation accuracy the challenger loses, or gains."""
        gained, ends = is_gain(self.loss), self.interval
        confidence = percent_words(self.confidence)
        lies = f" ({confidence} interval {between(ends, gained)})" if ends else ""
        much = f"{points(self.loss)} points of" if self.loss else "no"
        return f"{'gains' if gained else 'loses'} {much} validation accuracy{lies}"


def _images(point: Record) -> dict[str, str]:
    return {name: value for name, value in point.params.items() if says_which_images(name)}
