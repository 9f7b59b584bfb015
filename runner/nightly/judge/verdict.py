"""Sum up a night, judged by the nights before it, in a word, a text and an exit code."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from runner.escaping.terminal import visible
from runner.nightly.history.past import EARLY, FAILED, GOOD, WORSE
from runner.nightly.history.records import Night
from runner.nightly.judge.regression import Judgement, Tolerance, changes, check

_EXIT_CODES = {GOOD: 0, EARLY: 0, FAILED: 1, WORSE: 4}


@dataclass(frozen=True)
class Verdict:
    """The verdict on a night; `changes` are what differs from the last good night.

    `compared` is the number of good nights that it was compared with.
    """

    night: Night
    judgement: Judgement
    failures: tuple[str, ...]
    changes: tuple[str, ...]
    compared: int

    @property
    def word(self) -> str:
        """Failures, regression, good, or no verdict yet."""
        if self.failures:
            return FAILED
        if self.judgement.findings:
            return WORSE
        return GOOD if self.judgement.enough else EARLY

    @property
    def code(self) -> int:
        """The exit code of the night."""
        return _EXIT_CODES[self.word]

    @property
    def details(self) -> dict[str, Sequence[str]]:
        """What is said of the night, a list of sentences by title, the most important first."""
        details: dict[str, Sequence[str]] = {
            "Failed": self.failures,
            "Worse": [finding.text for finding in self.judgement.findings],
            "No file to ship": self.night.warnings,
            "File to ship": self.night.picks,
            "Not judged": self.judgement.not_judged,
            "Changed since the last good night": self.changes,
            "Left for the next night": self.night.postponed,
        }
        return {title: texts for title, texts in details.items() if texts}

    @property
    def head(self) -> Sequence[str]:
        """What the night came to, in sentences."""
        return (
            f"Night {self.night.name}: {self.word}.",
            f"{self.night.progress} points done, compared with {self.compared} good nights.",
        )

    @property
    def text(self) -> str:
        """The verdict for people, the most important first; each text is one line."""
        lines = [*map(visible, self.head)]
        for title, texts in self.details.items():
            lines += ["", f"{title}:", *(f"- {visible(text)}" for text in texts)]
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that JSON can hold."""
        return {
            "verdict": self.word,
            "exit_code": self.code,
            "compared_with": self.compared,
            "findings": [asdict(finding) for finding in self.judgement.findings],
            "not_judged": list(self.judgement.not_judged),
            "failures": list(self.failures),
            "changes": list(self.changes),
            "warnings": self.night.warnings,
            "left": self.night.postponed,
            "night": self.night.as_dict(),
        }


def judge(
    night: Night, good: Sequence[Night], tolerance: Tolerance, refusals: Sequence[str]
) -> Verdict:
    """Judge a night by the good nights before it.

    Args:
        refusals: why sweeps did not run, a line each.
    """
    judgement = check(night, good, tolerance)
    failures = [
        f"{sweep.name}, {point.name}: {point.status}{point.error and f', {point.error}'}"
        for sweep in night.sweeps.values()
        for point in sweep.points.values()
        if not point.finished and point.name not in sweep.postponed_points
    ]
    bad = bool(judgement.findings or refusals or failures)
    differences = _changes(night, good[-1]) if good and bad else []
    return Verdict(night, judgement, (*refusals, *failures), tuple(differences), len(good))


def _changes(night: Night, last_good: Night) -> list[str]:
    """Name what differs; the settings of a sweep only where both nights ran it."""
    names = {*night.sweeps, *last_good.sweeps}
    both = [name for name in names if _ran(night, name) and _ran(last_good, name)]
    new = [f"a new sweep: {name}" for name in night.sweeps if name not in last_good.sweeps]
    return [*changes(_with_settings_of(both, night), _with_settings_of(both, last_good)), *new]


def _ran(night: Night, sweep: str) -> bool:
    return any(name.startswith(f"settings/{sweep}/") for name in night.facts)


def _with_settings_of(sweeps: Sequence[str], night: Night) -> Night:
    prefixes = tuple(f"settings/{sweep}/" for sweep in sweeps)
    facts = {
        name: value
        for name, value in night.facts.items()
        if name.startswith(prefixes) or not name.startswith("settings/")
    }
    return replace(night, facts=facts)
