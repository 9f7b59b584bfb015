"""Read the nights that a store holds, and choose those that tonight is compared with."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.nightly.history.records import Night
from runner.nightly.history.seeds import merge_night
from runner.tracking import Kind, Record, Store, StoreFailed
from runner.tracking.tags import ACCEPTED, VERDICT

GOOD, EARLY, WORSE, FAILED = "good", "no verdict yet", "regression", "failures"
# The files of a night's report, in its folder and among its run's artifacts.
JSON, SUMMARY, PAGE = "nightly.json", "nightly.txt", "nightly.html"


@dataclass(frozen=True)
class PastNight:
    """A night that was run to its end, its verdict, and whether a person accepted it."""

    night: Night
    verdict: str
    accepted: bool

    @property
    def passed(self) -> bool:
        """Tell whether nothing was worse, as far as could be judged."""
        return self.verdict in (GOOD, EARLY)

    @property
    def good(self) -> bool:
        """Tell whether other nights may be compared with it."""
        return self.accepted or self.passed


def night_runs(store: Store) -> list[Record]:
    """Return the runs of all nights, oldest first.

    Raises:
        StoreFailed: the store does not answer.
    """
    return store.of_kind(Kind.NIGHTLY)


def past_nights(store: Store, most: int) -> list[PastNight]:
    """Read the last nights that were run to their end, oldest first.

    Raises:
        StoreFailed: the store does not answer.
    """
    ended = [run for run in night_runs(store) if run.tags.get(VERDICT)]
    nights = [(run, _read(store, run)) for run in ended[-most:]]
    return [
        PastNight(night, run.tags[VERDICT], ACCEPTED in run.tags) for run, night in nights if night
    ]


def comparable(nights: Sequence[PastNight], most: int, sweeps: Sequence[str]) -> list[Night]:
    """Choose the last good nights, of these sweeps only: one taken off the list is not missed.

    Of the nights before one that was accepted, none count any more.
    """
    since = max((index for index, past in enumerate(nights) if past.accepted), default=0)
    good = [past.night for past in nights[since:] if past.good][-most:]
    return [
        replace(night, sweeps={name: night.sweeps[name] for name in sweeps if name in night.sweeps})
        for night in good
    ]


def _read(store: Store, run: Record) -> Night | None:
    """Read what came of a night; its file may have been deleted by hand."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = json.loads(store.fetch(run, JSON, Path(folder)).read_text(encoding="utf-8"))
        return merge_night(Night.from_dict(report["night"]))
    except (StoreFailed, OSError, ValueError, KeyError, TypeError):
        return None
