"""Let one process at a time work on a sweep, though MLflow has no compare-and-swap.

Each writes its claim and then reads all of them. Whoever reads its own alone has written it before
any other could be read, so that every other one reads it, and withdraws.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from runner.process import liveness
from runner.process.holder import this_holder
from runner.tracking.lease import PERIOD_SECONDS, PERIODS
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.tags import CLAIM

log = logging.getLogger(__name__)

_CLAIMS, _WORKS = "claims", "works"
_AGAIN_SECONDS = 0.2
# Most claims are settled sooner, and nothing need be said.
_SILENT_SECONDS = 2.0


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
        """Whether its process has ended, or the run has, or another process took the run over."""
        held = self.run.status == "RUNNING" and self.run.holder == self.holder
        return (self.works and not held) or self._alive is False

    @property
    def is_in_earnest(self) -> bool:
        """Whether its holder works on the run, or is known to live and so is about to."""
        return self.works or self._alive is True

    @property
    def _alive(self) -> bool | None:
        return liveness.is_alive(self.text.partition(" ")[2])


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

        Lower claims are made way for, until they are settled or those of dead ones.

        Returns:
            None where it is; else the run that another process works on, or is about to.

        Raises:
            StoreFailed: the store does not answer.
        """
        written, waited, seen = True, 0.0, dict[str, float]()
        while True:
            others = sorted(self._others())
            lower = [each for each in others if (each.run_id, each.holder) < (run_id, self.holder)]
            for claim in others:
                if claim.works or (claim in lower and claim.is_in_earnest):
                    return claim.run
            if written and not others:
                return None
            if written == bool(lower):
                (self.withdraw if lower else self.write)(run_id)
                written = not lower
                # What was read before counts for nothing.
                continue
            seen = {claim.holder: seen.get(claim.holder, waited) for claim in others}
            self.dead |= {one for one, since in seen.items() if waited - since >= self.patience}
            self._wait(others, waited)
            waited += _AGAIN_SECONDS

    def _wait(self, others: Sequence[_Claim], waited: float) -> None:
        if waited < _SILENT_SECONDS <= waited + _AGAIN_SECONDS < self.patience:
            run = others[0].run
            log.info(
                "%s %s (run %s) is claimed by another process, which does not begin; waiting %d s "
                "to see whether it does",
                run.kind, run.name, run.id, round(self.patience - waited),
            )  # fmt: skip
        time.sleep(_AGAIN_SECONDS)

    def settle(self, run_id: str) -> None:
        """Say that this process works on the run, and delete the claims of dead ones.

        The run must be marked as running first: other claims to work count for nothing.

        Raises:
            StoreFailed: the store does not answer.
        """
        self.store.connection.set_tag(run_id, self.tag, self.text(works=True))
        forget(self.store, self.store.get(run_id), self.tag)

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


def forget(store: Store, run: Record, but: str = "") -> None:
    """Delete the claims on a run, but for one by the name of its tag.

    Raises:
        StoreFailed: the store does not answer.
    """
    for tag in run.tags:
        if tag.startswith(CLAIM) and tag != but:
            store.connection.delete_tag(run.id, tag)
