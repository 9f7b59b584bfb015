"""Find the jobs again that an earlier process of the same sweep has submitted."""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from runner.errors import Refused
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.slurm.batch import Batch, Unusable
from runner.sweep.launchers.slurm.cluster import Cluster, Silent
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.watched_job import has_completed

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_TRIES, _PAUSE_SECONDS = 6, 10.0
# What tells apart the jobs of a sweep: what a job does, and the point it does it for.
_KEY = ("sweep.job=", "sweep.planned=")
_POINT = "sweep.job=point"


def key_of(overrides: Sequence[str]) -> str:
    """Return the words by which another process of the sweep knows a job; empty: by none."""
    return " ".join(sorted(each for each in overrides if each.startswith(_KEY)))


def note_of(batch: Batch) -> str:
    """Return what the store keeps of a batch: a line for people, with what is needed to find it."""
    first, number = batch.ids[0] if batch.ids else "", len(batch.keys)
    return json.dumps({"jobs": first.partition("_")[0], "number": number, "folder": batch.folder})


@dataclass(frozen=True)
class EarlierJob:
    """A job by its batch and its place there, and whether it goes on, or has gone well."""

    batch: Batch
    index: int
    goes_on: bool


@dataclass
class Earlier:
    """Jobs that nobody waits for, by their keys.

    Attributes:
        jobs: those that go on, or went well meanwhile.
    """

    cluster: Cluster
    jobs: dict[str, EarlierJob] = field(default_factory=dict)

    def look(self, observer: Observer) -> None:
        """Find them by what the store says of them.

        Raises:
            Refused: the cluster does not answer: what runs there would be run a second time.
        """
        self.jobs.clear()
        for token, text in observer.earlier().items():
            try:
                batch = Batch.read(Path(json.loads(text)["folder"]))
            except (Unusable, ValueError, KeyError) as reason:
                log.warning("jobs that were submitted earlier are not looked for: %s", reason)
                continue
            if batch.cluster == self.cluster.name:
                found = _patiently(partial(self._of_use, batch))
                self.jobs |= found
                if not any(job.goes_on for job in found.values()):
                    observer.remember(token, "")

    def goes_on(self, overrides: Sequence[str]) -> bool:
        """Tell whether such a job is among them."""
        return key_of(overrides) in self.jobs

    def _of_use(self, batch: Batch) -> dict[str, EarlierJob]:
        """Return the jobs of a batch that have not ended, or went well meanwhile."""
        if not batch.ids:
            # Its process ended before it could note them.
            ids = self.cluster.find(batch.token)
            if len(ids) != len(batch.keys):
                return {}
            batch = batch.submitted(ids)
        states = self.cluster.states(batch.ids)
        found: dict[str, EarlierJob] = {}
        for index, (key, job_id) in enumerate(zip(batch.keys, batch.ids, strict=True)):
            going = not states.get(job_id, JobState("")).ended
            if key and (going or (_POINT in key and has_completed(batch, job_id))):
                found[key] = EarlierJob(batch, index, going)
        return found


def _patiently(ask: Callable[[], _T]) -> _T:
    for _ in range(_TRIES):
        try:
            return ask()
        except Silent as silence:
            reason = silence
            log.warning("%s; trying again", silence)
            time.sleep(_PAUSE_SECONDS)
    raise Refused(
        f"hydra/launcher=slurm: Slurm does not say what became of earlier jobs ({reason})"
    )
