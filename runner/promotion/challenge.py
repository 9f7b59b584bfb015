"""Say how a challenger compares with the champion, and whether it may take its place."""

from dataclasses import asdict, dataclass
from typing import Any

from runner.promotion.champion_file import Unknown, champion_file, file_of
from runner.promotion.comparison import Comparison
from runner.promotion.side_by_side import side_by_side
from runner.results.decision import Decision
from runner.results.file import File
from runner.results.number_words import bytes_words
from runner.results.rows import Results
from runner.settings.targets import Target
from runner.tracking import Store
from runner.tracking.champion import Champion


@dataclass(frozen=True)
class Challenge:
    """A file that is to take the place of another one.

    Attributes:
        comparison: None where nothing is known of the champion.
        unknown: why nothing is.
    """

    champion: Champion
    challenger: File
    comparison: Comparison | None
    unknown: str = ""

    @classmethod
    def of(cls, store: Store, champion: Champion, decision: Decision, file: File) -> "Challenge":
        """Read the champion's file, and compare the file of a decision with it.

        Raises:
            StoreFailed: the store does not answer.
        """
        try:
            judged = champion_file(store, champion, decision.limits)
        except Unknown as reason:
            return cls(champion, file, None, str(reason))
        sweep = store.get(file.point.parent or file.point.id)
        usual = Results(sweep, ()).max_drop
        found = Comparison(file_of(judged, champion), judged, file, decision.limits, usual)
        unknown = "" if found.of_same_images else "it was judged by other images"
        return cls(champion, file, found, unknown)

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than the champion on what was asked, or nobody can tell."""
        return bool(self.unknown or (self.comparison and self.comparison.reasons))

    @property
    def sentence(self) -> str:
        """Say how it compares."""
        before = f"the champion, version {self.champion.version}"
        if self.unknown or not self.comparison:
            return f"whether it is worse than {before}, cannot be told: {self.unknown}"
        found = self.comparison
        if found.reasons:
            return f"worse than {before}, on what was asked: it {' and '.join(found.reasons)}"
        what = f"it takes {bytes_words(found.challenger)} and {found.loss_words}"
        if found.excuse:
            what = f"the champion {found.excuse}; {what}"
        return f"not worse than {before}, on what was asked: {what}"

    @property
    def lines(self) -> list[str]:
        """Both side by side."""
        champion = self.comparison.champion if self.comparison else None
        return side_by_side(self.champion.version, champion, self.challenger)

    @property
    def values(self) -> dict[str, Any]:
        """The champion and the comparison, as plain values; what is not known is None."""
        found = self.comparison
        known = {
            "figures": found.champion.point.figures(Target(found.champion.target)),
            "validation_loss": found.loss,
            "interval": asdict(found.interval) if found.interval else None,
            "reasons": found.reasons,
        } if found and not self.unknown else {"reasons": [self.unknown]}  # fmt: skip
        return {**asdict(self.champion), "worse": self.is_worse, **known}
