"""Let one process at a time work on a sweep, though MLflow has no compare-and-swap.

Each writes its claim and then reads all of them. Whoever reads its own alone has written it before
any other could be read, so that every other one reads it, and withdraws.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from runner.process import liveness
from runner.process.holder import this_holder
from runner.tracking.lease import PERIOD_SECONDS, PERIODS
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.tags import CLAIM

_CLAIMS, _WORKS = "claims", "works"
_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, order=True)
class _Claim:
    """What one holder wants of one run; of two, the lower one stands."""

    run_id: str
    holder: str
    text: str = field(compare=False)
    run: Record = field(compare=False)

    @property
    def works(self) -> bool:
        """Whether it is settled: its holder works on the run."""
        return self.text.startswith(_WORKS)

    @property
    def is_void(self) -> bool:
        """Whether its process has ended, or the run has."""
        ended = self.works and self.run.status != "RUNNING"
        return ended or liveness.is_gone(self.text.partition(" ")[2])


@dataclass
class Claims:
    """The claims on some runs, of which only one may be worked on.

    Attributes:
        candidates: reads these runs.
        dead: holders of whom it is known that they have died.
        patience: seconds after which another's claim that is not settled is that of a dead one.
    """

    store: Store
    candidates: Callable[[], list[Record]]
    dead: set[str] = field(default_factory=set)
    holder: str = field(default_factory=this_holder)
    patience: float = PERIODS * PERIOD_SECONDS

    @property
    def tag(self) -> str:
        """The name of the tag that holds this process's claim."""
        return CLAIM + self.holder

    def text(self, works: bool = False) -> str:
        """Return what the tag says."""
        return f"{_WORKS if works else _CLAIMS} {liveness.this_process()}"

    def write(self, run_id: str) -> None:
        """Claim a run that is there; a new one is created with its claim.

        Raises:
            StoreFailed: the store does not answer.
        """
        self.store.connection.set_tag(run_id, self.tag, self.text())

    def prevail(self, run_id: str) -> Record | None:
        """Wait until this process's claim, which is written, is the only one.

        Returns:
            None where it is; else the run that another process works on, or is about to.

        Raises:
            StoreFailed: the store does not answer.
        """
        waited = 0.0
        while others := sorted(self._others()):
            first = next((claim for claim in others if claim.works), others[0])
            if first.works or (first.run_id, first.holder) < (run_id, self.holder):
                return first.run
            if waited >= self.patience:
                self.dead |= {claim.holder for claim in others}
            time.sleep(_AGAIN_SECONDS)
            waited += _AGAIN_SECONDS
        return None

    def settle(self, run_id: str) -> None:
        """Say that this process works on the run, and delete the claims of dead ones.

        The run must be marked as running first: other claims to work count for nothing.

        Raises:
            StoreFailed: the store does not answer.
        """
        client = self.store.connection
        client.set_tag(run_id, self.tag, self.text(works=True))
        for tag in self.store.get(run_id).tags:
            if tag.startswith(CLAIM) and tag != self.tag:
                client.delete_tag(run_id, tag)

    def withdraw(self, run_id: str) -> None:
        """Take the claim back.

        Raises:
            StoreFailed: the store does not answer.
        """
        self.store.connection.delete_tag(run_id, self.tag)

    def _others(self) -> Iterator[_Claim]:
        for run in self.candidates():
            for tag, text in run.tags.items():
                holder = tag.removeprefix(CLAIM)
                if holder in {tag, self.holder} or holder in self.dead:
                    continue
                claim = _Claim(run.id, holder, text, run)
                if not claim.is_void:
                    yield claim
