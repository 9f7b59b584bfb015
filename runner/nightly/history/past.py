"""A store goes in; the nights that it holds come out, and those that tonight is compared with."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.nightly.history.records import Night
from runner.tracking import Kind, Record, Store, StoreFailed
from runner.tracking.tags import ACCEPTED, VERDICT

GOOD, EARLY, WORSE, FAILED = "good", "no verdict yet", "regression", "failures"
JSON = "nightly.json"


@dataclass(frozen=True)
class Past:
    """A night that was run to its end, and what was said of it."""

    night: Night
    verdict: str
    accepted: bool

    @property
    def good(self) -> bool:
        """Tell whether other nights may be compared with it."""
        return self.accepted or self.verdict in (GOOD, EARLY)


def night_runs(store: Store) -> list[Record]:
    """Return the runs of all nights, oldest first."""
    return store.of_kind(Kind.NIGHTLY)


def past(store: Store, most: int) -> list[Past]:
    """Read the last nights that were run to their end, oldest first.

    Raises:
        StoreFailed: the store does not answer.
    """
    ended = [run for run in night_runs(store) if run.tags.get(VERDICT)]
    found = [(run, _read(store, run)) for run in ended[-most:]]
    return [Past(night, run.tags[VERDICT], ACCEPTED in run.tags) for run, night in found if night]


def comparable(nights: Sequence[Past], most: int, sweeps: Sequence[str]) -> list[Night]:
    """Choose the last good nights, of these sweeps only: one taken off the list is not missed.

    Of the nights before one that was accepted, none count any more.
    """
    since = max((at for at, each in enumerate(nights) if each.accepted), default=0)
    good = [each.night for each in nights[since:] if each.good][-most:]
    return [
        replace(night, sweeps={name: night.sweeps[name] for name in sweeps if name in night.sweeps})
        for night in good
    ]


def _read(store: Store, run: Record) -> Night | None:
    """Read what a night came to; its file may have been deleted by hand."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            known = json.loads(store.fetch(run, JSON, Path(folder)).read_text())
        return Night.from_dict(known["night"])
    except (StoreFailed, OSError, ValueError, KeyError, TypeError):
        return None
