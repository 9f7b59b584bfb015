"""Decide which file of a sweep to ship, and say it in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.device.request import Request
from runner.results import choice
from runner.results.candidate import Candidate
from runner.results.choice import File, Limits
from runner.results.correct_rows import with_correct
from runner.results.dense import Dense, best_dense
from runner.results.device_rows import with_device_rows
from runner.results.file_words import describe, device_words, in_points
from runner.results.rows import Results, Row, by_data, targets
from runner.settings.devices import Device
from runner.statistics.chance import chance_warning
from runner.statistics.repeats import ENOUGH
from runner.tracking import Record, Store

_GONE = "The baseline's run is gone from the store: there is nothing to judge files by."


@dataclass(frozen=True)
class Decision:
    """What to ship of the points on one data set, or what comes closest if nothing qualifies.

    Attributes:
        dense: the baselines that files are judged by.
        candidates: what there is to choose from, with what the device does not run.
        candidate: what to ship, with a file for each seed.
        nearest: what comes closest to the limits.
    """

    limits: Limits
    rows: tuple[Row, ...]
    dense: Dense | None
    candidates: tuple[Candidate, ...] = ()
    candidate: Candidate | None = None
    nearest: Candidate | None = None

    @property
    def file(self) -> File | None:
        """The file to ship: of several seeds, the median one's."""
        return self.candidate.file if self.candidate else None

    @property
    def closest(self) -> File | None:
        """The file that comes closest to the limits."""
        return self.nearest.file if self.nearest else None

    @property
    def baseline(self) -> Record | None:
        """The run of the baseline that the file is judged by."""
        if self.file:
            return self.file.dense
        return self.dense.middle if self.dense else None

    @property
    def device(self) -> Device:
        """What the file is to run on."""
        return self.limits.device

    @property
    def warning(self) -> str:
        """Why no comparison with the baseline means anything; empty where it means something."""
        return chance_warning(self.baseline.metrics) if self.baseline else ""

    @property
    def own_baseline(self) -> Record | None:
        """The baseline that the file was made from, which need not be the best one."""
        points = {row.point.id: row.baseline for row in self.rows}
        return points.get(self.file.point.id) if self.file else None

    @property
    def limit(self) -> str:
        """The limit in words; empty without a baseline."""
        if not self.dense:
            return ""
        drop, sure = in_points(self.limits.max_drop or 0.0), self.limits.confidence
        room = ", ".join(self.limits.budgets.words)
        confidence = f" with {sure * 100:g} % confidence" if sure else ""
        accuracy = f"the baseline's validation accuracy ({self.dense.accuracy:.2%})"
        return f"within {drop} of {accuracy}{confidence}{' and ' if room else ''}{room}"

    @property
    def _kind(self) -> str:
        """The kind of file that is looked for: `file` on a phone, which runs most of them."""
        if self.device is Device.PHONE and not self._none_runs:
            return "file"
        return f"file that runs on {device_words(self.device)}"

    @property
    def _seeds(self) -> str:
        """Over how many seeds it is so, and what the file itself drops; empty for one seed."""
        if not self.candidate or len(self.candidate.files) == 1:
            return ""
        drop = f"{self.candidate.file.validation_drop * 100:.2f} points"
        seeds = len(self.candidate.files)
        each = self.limits.confidence is not None and seeds < ENOUGH
        over = f"{'in each of' if each else 'on average over'} {seeds} seeds"
        return f", {over}; the median seed's file itself drops {drop}"

    @property
    def _none_runs(self) -> bool:
        """Whether the device runs none of the files: the closest would be one that it runs."""
        return self.closest is not None and not self.closest.runs

    @property
    def _excesses(self) -> str:
        """What the closest file breaks, where that is not the accuracy of a phone's file alone."""
        if not self.nearest or (self.limits.is_plain and self.nearest.file.runs):
            return ""
        texts = [excess.text for excess in self.limits.broken_by(self.nearest)]
        return f", which {' and '.join(texts)}"

    @property
    def verdict(self) -> str:
        """What to ship, in one sentence."""
        if self.file:
            name = f"{self.file.target} of {self.file.point.name}"
            return f"Ship {name}: the smallest {self._kind} {self.limit}{self._seeds}."
        if self.closest:
            name = f"{self.closest.target} of {self.closest.point.name}"
            return f"No {self._kind} is {self.limit}; the closest is {name}{self._excesses}."
        if self.warning:
            return self.warning
        return _GONE if targets(self.rows) else "No point has a file to ship."

    @property
    def reason(self) -> str:
        """Why no file is to ship; of the closest one, the limits that it exceeds, as options."""
        if self.warning:
            return self.warning
        if not self.nearest:
            no_baseline = targets(self.rows) and not self.baseline
            return _GONE if no_baseline else "no file of these targets was measured"
        broken = self.limits.broken_by(self.nearest)
        limits = " ".join(excess.option for excess in broken)
        texts = " and ".join(excess.text for excess in broken)
        name = f"{self.nearest.file.target} of {self.nearest.file.point.name}"
        return f"no file keeps {limits}; the closest, {name}, {texts}"

    def text(self, store: Store) -> str:
        """Return the decision in one line, with the path or address of the file."""
        if self.file:
            smallest = f"Smallest {self._kind} {self.limit}{self._seeds}"
            return f"{smallest}: {describe(store, self.file)}"
        if self.closest:
            closest = describe(store, self.closest)
            return f"No {self._kind} is {self.limit}; the closest{self._excesses}: {closest}"
        return self.verdict


def decide(rows: Sequence[Row], limits: Limits) -> list[Decision]:
    """Decide for each data set alone; there is at least one decision."""
    return [decision(group, limits) for group in by_data(rows) or [[]]]


def decide_all(results: Results, store: Store, request: Request | None = None) -> list[Decision]:
    """Decide for each device that a sweep asks for, the first one first, and each data set.

    Args:
        request: what is asked for instead.
    """
    asked = request or results.request
    rows = with_correct(store, with_device_rows(store, results, asked)).rows
    limits = Limits(results.max_drop, budgets=asked.budgets, confidence=results.confidence)
    each = [replace(limits, device=device) for device in asked.devices]
    return [decision for limits in each for decision in decide(rows, limits)]


def decision(rows: Sequence[Row], limits: Limits) -> Decision:
    """Decide among points on one data set; a baseline at chance leaves nothing to choose by."""
    undecided = Decision(limits, tuple(rows), best_dense(rows))
    if undecided.warning:
        return undecided
    # Once: to judge the files of thousands of points takes seconds.
    found = choice.of_targets(rows, limits)
    return replace(
        undecided,
        candidates=tuple(found),
        candidate=next(iter(choice.in_order(found, limits)), None),
        nearest=choice.nearest(found, limits),
    )
