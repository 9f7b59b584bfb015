"""What a night came to, and the nights before it, go in; what is said of it comes out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from runner.nightly.history.past import EARLY, FAILED, GOOD, WORSE
from runner.nightly.history.records import Night
from runner.nightly.judge.regression import Judgement, Tolerance, changes, check

_CODES = {GOOD: 0, EARLY: 0, FAILED: 1, WORSE: 4}


@dataclass(frozen=True)
class Verdict:
    """What is said of a night; `changes` are what differs from the last good night."""

    night: Night
    judgement: Judgement
    failures: tuple[str, ...]
    changes: tuple[str, ...]
    compared: int

    @property
    def word(self) -> str:
        """Sum it up: failures, regression, good, or no verdict yet."""
        if self.failures:
            return FAILED
        if self.judgement.findings:
            return WORSE
        return GOOD if self.judgement.enough else EARLY

    @property
    def code(self) -> int:
        """The exit code that says the same."""
        return _CODES[self.word]

    @property
    def left(self) -> list[str]:
        """Points that the budget left for the next night."""
        sweeps = self.night.sweeps.values()
        return [f"{sweep.name}: {name}" for sweep in sweeps for name in sweep.left]

    @property
    def text(self) -> str:
        """Say it to people, the most important first."""
        points = [each for sweep in self.night.sweeps.values() for each in sweep.points.values()]
        done = sum(each.finished for each in points)
        lines = [
            f"Night {self.night.name}: {self.word}.",
            f"{done} of {len(points) + len(self.left)} points done, "
            f"compared with {self.compared} good nights.",
        ]
        parts = {
            "Failed": self.failures,
            "Worse": tuple(each.text for each in self.judgement.findings),
            "Changed since the last good night": self.changes,
            "Left for the next night": tuple(self.left),
        }
        for title, texts in parts.items():
            if texts:
                lines += ["", f"{title}:", *(f"- {text}" for text in texts)]
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that JSON can hold."""
        return {
            "verdict": self.word,
            "exit_code": self.code,
            "compared_with": self.compared,
            "findings": [asdict(each) for each in self.judgement.findings],
            "failures": list(self.failures),
            "changes": list(self.changes),
            "left": self.left,
            "night": self.night.as_dict(),
        }


def judge(
    night: Night, good: Sequence[Night], tolerance: Tolerance, refused: Sequence[str]
) -> Verdict:
    """Judge a night by the good nights before it.

    Args:
        refused: what is known of sweeps that did not come to run.
    """
    judgement = check(night, good, tolerance)
    failed = [
        f"{sweep.name}, {point.name}: {point.status}{point.error and f', {point.error}'}"
        for sweep in night.sweeps.values()
        for point in sweep.points.values()
        if not point.finished and point.name not in sweep.left
    ]
    bad = bool(judgement.findings or refused or failed)
    changed = _changes(night, good[-1]) if good and bad else []
    return Verdict(night, judgement, (*refused, *failed), tuple(changed), len(good))


def _changes(night: Night, last_good: Night) -> list[str]:
    """Name what differs; the settings of a sweep only where both nights ran it."""
    names = {*night.sweeps, *last_good.sweeps}
    both = [name for name in names if _ran(night, name) and _ran(last_good, name)]
    new = [f"a new sweep: {name}" for name in night.sweeps if name not in last_good.sweeps]
    return [*changes(_with_settings_of(both, night), _with_settings_of(both, last_good)), *new]


def _ran(night: Night, sweep: str) -> bool:
    return any(name.startswith(f"settings/{sweep}/") for name in night.facts)


def _with_settings_of(sweeps: Sequence[str], night: Night) -> Night:
    kept = tuple(f"settings/{sweep}/" for sweep in sweeps)
    known = night.facts.items()
    facts = {
        name: value
        for name, value in known
        if name.startswith(kept) or not name.startswith("settings/")
    }
    return replace(night, facts=facts)
