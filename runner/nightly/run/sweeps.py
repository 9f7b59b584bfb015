"""Run the sweeps of a night one after the other, within its budget of time."""

import json
import logging
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.nightly.history.points import FINISHED
from runner.nightly.history.records import Night, NightSweep
from runner.nightly.run import child_process
from runner.nightly.run.begin import Tonight
from runner.nightly.settings import NightlySettings
from runner.settings.internal import NIGHT
from runner.settings.overrides import quote_override
from runner.tracking import Record, Store
from runner.tracking.tags import COMMAND, ENTRY, LEFT

log = logging.getLogger(__name__)

# Less is written as 0, which is no budget.
_LEAST_HOURS = 1e-6
# How a sweep's process says that points failed, and that it was refused.
_FAILED, _REFUSED = 1, 2


@dataclass
class Sweeps:
    """The sweeps of a night, each called by its entry: its command line in the settings.

    `nights` are earlier ones, oldest first: the sweeps that they postponed are the first tonight.
    Running them fills `postponed`, the names of points by entry, and `failures`, a line for each
    sweep whose process failed for a reason that its points do not give.
    """

    settings: NightlySettings
    store: Store
    tonight: Tonight
    nights: Sequence[Night]
    postponed: dict[str, Sequence[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run them one after the other; no more points are started once the budget is spent."""
        end = time.monotonic() + self.settings.budget_hours * 3600
        # The number of a sweep is its folder, also when the night is resumed.
        numbers = {entry: number for number, entry in enumerate(self.settings.sweeps)}
        for entry in sorted(numbers, key=lambda entry: not self._waiting(entry)):
            hours = (end - time.monotonic()) / 3600
            run = self._find_run(entry)
            if run and run.status == FINISHED:
                log.info("finished before: %s", entry)
            elif hours < _LEAST_HOURS:
                self.postponed[entry] = self._unfinished(entry, run)
                log.warning("not started, the budget is spent: %s", entry)
            else:
                self._run_sweep(numbers[entry], entry, hours)

    def _run_sweep(self, number: int, entry: str, hours: float) -> None:
        folder = self.settings.folder / self.tonight.name
        log.info("sweep: %s", entry)
        arguments = self._arguments(entry, hours, f"{folder}/{number}")
        exit_ = child_process.run(arguments, folder / f"{number}.log", self._environment())
        # Runs whose process died without closing them would stay RUNNING for ever.
        self.store.close_dead()
        run = self._find_run(entry)
        postponed = json.loads(run.tags.get(LEFT, "[]")) if run else []
        if postponed:
            self.postponed[entry] = postponed
        if not (run and self._explained(run, exit_.code, postponed)):
            known = exit_.last_line and exit_.code in (_FAILED, _REFUSED)
            code = "" if known else f"exit code {exit_.code}; "
            self.failures.append(f"{entry}: {code}{exit_.last_line}".rstrip("; "))

    def _arguments(self, entry: str, hours: float, folder: str) -> list[str]:
        first = ",".join(quote_override(name) for name in self._waiting(entry))
        return [
            *self._first_arguments(entry),
            f"sweep.budget_hours={hours:.6f}",
            f"sweep.first=[{first}]",
            f"hydra.sweep.dir={quote_override(folder)}",
        ]

    def _first_arguments(self, entry: str) -> list[str]:
        """Return the arguments that a sweep of tonight begins with, and is recognized by."""
        typed = shlex.split(entry)
        # A list of values is a sweep with or without its sign.
        sign = [] if {"-m", "--multirun"} & set(typed) else ["-m"]
        has_seed = any(argument.lstrip("+").startswith("seed=") for argument in typed)
        return [
            *sign,
            *typed,
            *([] if has_seed else [f"seed={self.tonight.seed}"]),
            f"tracking.experiment={quote_override(self.settings.experiment)}",
            f"sweep.night={self.tonight.run.id}",
        ]

    def _environment(self) -> Mapping[str, str]:
        # Not among the arguments, which everyone on the machine may read: it may hold a password.
        return {
            **os.environ,
            "MLFLOW_TRACKING_URI": self.settings.uri,
            NIGHT: self.tonight.run.id,
        }

    def _find_run(self, entry: str) -> Record | None:
        """Find the last run of tonight's sweep, and tag it with its entry."""
        # A night that was killed did not come to tag anything.
        begin = shlex.join(self._first_arguments(entry))
        last = None
        for record in self.store.children(self.tonight.run.id):
            if ENTRY not in record.tags and f" {begin} " in record.tags.get(COMMAND, ""):
                run = self.store.reopen(record)
                run.tag(ENTRY, entry)
                run.flush()
                last = record
            elif record.tags.get(ENTRY) == entry:
                last = record
        return last

    def _explained(self, sweep: Record, code: int, postponed: Sequence[str]) -> bool:
        """Tell whether the sweep's points say why its process ended with this exit code."""
        if code == _FAILED:
            points = self.store.children(sweep.id)
            return bool(postponed) or any(point.status != FINISHED for point in points)
        return code == 0

    def _waiting(self, entry: str) -> Sequence[str]:
        """Name the points that were postponed the last time."""
        last = self._last_time(entry)
        return last.postponed if last else ()

    def _unfinished(self, entry: str, run: Record | None) -> Sequence[str]:
        """Name the points that the sweep had the last time, for it does not come to name them."""
        last = self._last_time(entry)
        points = self.store.children(run.id) if run else []
        done = {point.name for point in points if point.status == FINISHED}
        names = last.names if last else ["all points"]
        return [name for name in names if name not in done]

    def _last_time(self, entry: str) -> NightSweep | None:
        """Return what came of the sweep on the last night that had it."""
        nights = (night for night in reversed(self.nights) if entry in night.sweeps)
        return next((night.sweeps[entry] for night in nights), None)
