"""The night's sweeps go in; each is run within the budget, and what was left comes out."""

import json
import logging
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.nightly.history.records import FINISHED, Night, NightSweep
from runner.nightly.run import child_process
from runner.nightly.run.begin import Tonight
from runner.nightly.settings import NightlySettings
from runner.settings.overrides import quoted
from runner.tracking import Record, Store
from runner.tracking.tags import COMMAND, ENTRY, LEFT

log = logging.getLogger(__name__)

# Less is written as 0, which is no budget.
_LEAST_HOURS = 1e-6
# How a sweep's process says that points failed, and that it was refused.
_FAILED, _REFUSED = 1, 2


@dataclass
class Entries:
    """One go at the sweeps of a night, those first that earlier ones, oldest first, had left."""

    settings: NightlySettings
    store: Store
    tonight: Tonight
    nights: Sequence[Night]
    left: dict[str, Sequence[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run them one after the other; no more points are started once the budget is spent."""
        end = time.monotonic() + self.settings.budget_hours * 3600
        # The number of a sweep is its folder, also when the night is gone on with.
        numbered = list(enumerate(self.settings.sweeps))
        for number, entry in sorted(numbered, key=lambda each: not self._waiting(each[1])):
            hours = (end - time.monotonic()) / 3600
            found = self._tagged(entry)
            if found and found.status == FINISHED:
                log.info("finished before: %s", entry)
            elif hours < _LEAST_HOURS:
                self.left[entry] = self._unfinished(entry, found)
                log.warning("not started, the budget is spent: %s", entry)
            else:
                self._one(number, entry, hours)

    def _one(self, number: int, entry: str, hours: float) -> None:
        folder = self.settings.folder / self.tonight.name
        log.info("sweep: %s", entry)
        told = self._arguments(entry, hours, f"{folder}/{number}")
        ended = child_process.run(told, folder / f"{number}.log", self._environment())
        # What died without closing its runs would else be running to the end of days.
        self.store.close_dead()
        found = self._tagged(entry)
        left = json.loads(found.tags.get(LEFT, "[]")) if found else []
        if left:
            self.left[entry] = left
        if not (found and self._explained(found, ended.code, left)):
            known = ended.last_line and ended.code in (_FAILED, _REFUSED)
            code = "" if known else f"exit code {ended.code}; "
            self.refused.append(f"{entry}: {code}{ended.last_line}".rstrip("; "))

    def _arguments(self, entry: str, hours: float, folder: str) -> list[str]:
        first = ",".join(quoted(name) for name in self._waiting(entry))
        return [
            *self._begin(entry),
            f"sweep.budget_hours={hours:.6f}",
            f"sweep.first=[{first}]",
            f"hydra.sweep.dir={quoted(folder)}",
        ]

    def _begin(self, entry: str) -> list[str]:
        """Return the arguments that a sweep of tonight begins with, and is known by."""
        typed = shlex.split(entry)
        # A list of values is a sweep with or without its sign.
        sign = [] if {"-m", "--multirun"} & set(typed) else ["-m"]
        fixed = any(each.lstrip("+").startswith("seed=") for each in typed)
        return [
            *sign,
            *typed,
            *([] if fixed else [f"seed={self.tonight.seed}"]),
            f"tracking.experiment={quoted(self.settings.experiment)}",
            f"sweep.night={self.tonight.run.id}",
        ]

    def _environment(self) -> Mapping[str, str]:
        # Not among the arguments, which everyone on the machine may read: it may hold a password.
        return {**os.environ, "MLFLOW_TRACKING_URI": self.settings.uri}

    def _tagged(self, entry: str) -> Record | None:
        """Find the run of a sweep of tonight, the last one, and note which entry it is."""
        # A night that was killed came to note nothing.
        begin = shlex.join(self._begin(entry))
        found = None
        for record in self.store.children(self.tonight.run.id):
            if ENTRY not in record.tags and f" {begin} " in record.tags.get(COMMAND, ""):
                run = self.store.reopen(record)
                run.tag(ENTRY, entry)
                run.flush()
                found = record
            elif record.tags.get(ENTRY) == entry:
                found = record
        return found

    def _explained(self, sweep: Record, code: int, left: Sequence[str]) -> bool:
        """Tell whether the sweep's points say why its process ended with this exit code."""
        if code == _FAILED:
            points = self.store.children(sweep.id)
            return bool(left) or any(each.status != FINISHED for each in points)
        return code == 0

    def _waiting(self, entry: str) -> Sequence[str]:
        """Name the points that were left the last time."""
        known = self._known(entry)
        return known.left if known else ()

    def _unfinished(self, entry: str, found: Record | None) -> Sequence[str]:
        """Name the points that the sweep had the last time, for it does not come to name them."""
        known = self._known(entry)
        points = self.store.children(found.id) if found else []
        done = {each.name for each in points if each.status == FINISHED}
        every = [*known.points, *known.left] if known else ["all points"]
        return [name for name in every if name not in done]

    def _known(self, entry: str) -> NightSweep | None:
        """Return what became of the sweep on the last night that had it."""
        had = (night.sweeps[entry] for night in reversed(self.nights) if entry in night.sweeps)
        return next(had, None)
