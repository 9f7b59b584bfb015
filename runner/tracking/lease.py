"""Renew the lease of a run while this process works on it, and notice that another took it over.

MLflow tells no time of the server's, so a lease is no point in time: it is a counter that moves.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from runner.errors import RunnerError
from runner.process.holder import this_holder
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.retries import few_retries
from runner.tracking.tags import CLAIM, HOLDER, LEASE, PROCESS, SUPERSEDED

log = logging.getLogger(__name__)

PERIOD_SECONDS = 15.0
# Whose counter has not moved for so many periods is dead.
PERIODS = 4
# For a renewal that is on its way when the work ends.
_WAITS_SECONDS = 1.0


class TakenOver(RunnerError):
    """Another process went on with a run while this one stood still: it must write no more."""


class Free:
    """The right to write to a run that nobody can take over."""

    def require(self) -> None:
        """Require nothing."""

    def require_as_far_as_known(self) -> None:
        """Require that nobody else has taken the run over, unless the store does not answer.

        Raises:
            TakenOver: someone has.
        """
        with suppress(StoreFailed), few_retries():
            self.require()

    def renewed(self) -> AbstractContextManager[None]:
        """Renew nothing: there is no lease, or that of another run covers this one."""
        return nullcontext()

    def release(self) -> None:
        """Withdraw nothing: nobody has claimed the run."""


FREE = Free()


class Hold(Free):
    """The right to write to what a run stands for, which lasts while the run names the holder."""

    def __init__(
        self, connect: Callable[[], Connection], run_id: Callable[[], str | None], holder: str
    ) -> None:
        """Take the run, of the sweep where there is one, and who should hold it.

        Args:
            run_id: returns None where the run is not open yet: then nobody else has it.
        """
        self._connect, self._run_id, self._holder = connect, run_id, holder

    def require(self) -> None:
        """Read the run, and require that nobody else has taken it over.

        Raises:
            TakenOver: someone has.
            StoreFailed: the store does not answer.
        """
        run_id = self._run_id()
        if run_id is None:
            return
        tags = self._connect().get_run(run_id).data.tags
        holder = tags.get(HOLDER, self._holder)
        if holder != self._holder or SUPERSEDED in tags:
            host = tags.get(PROCESS, "").partition(" ")[0] or "another machine"
            raise TakenOver(
                f"run {run_id} was taken over by {holder} on {host} while this process or "
                "its machine stood still; nothing more is logged"
            )


class Lease(Hold):
    """A counter of a run that moves while this process works on it, and stops with it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        run_id: Callable[[], str | None],
        period: float = PERIOD_SECONDS,
    ) -> None:
        """Take the run to renew; the period is in seconds."""
        super().__init__(connect, run_id, this_holder())
        self._period, self._counter = period, 0
        self._ended = threading.Event()

    @contextmanager
    def renewed(self, lost: Callable[[], None] | None = None) -> Iterator[None]:
        """Renew the lease while the block runs; call `lost`, once, when it is another's by then.

        By default this process is then asked to stop, as by a signal from outside.
        """
        lost = lost or _stop_this_process
        thread = threading.Thread(target=self._renew, args=[lost], name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            # It may be asking a store that does not answer; it goes with this process.
            thread.join(_WAITS_SECONDS)

    def release(self) -> None:
        """Delete this process's claim; one that is left counts for nothing once the run ended."""
        run_id, tag = self._run_id(), CLAIM + self._holder
        with suppress(StoreFailed):
            if run_id and tag in self._connect().get_run(run_id).data.tags:
                self._connect().delete_tag(run_id, tag)

    def renew(self) -> None:
        """Move the counter.

        Raises:
            TakenOver: the run is another's.
            StoreFailed: the store does not answer.
        """
        self.require()
        run_id = self._run_id()
        if run_id is not None:
            self._counter += 1
            self._connect().set_tag(run_id, LEASE, f"{self._holder} {self._counter}")

    def _renew(self, lost: Callable[[], None]) -> None:
        while not self._ended.wait(self._period):
            try:
                # A store that does not answer now may do so the next time.
                with suppress(StoreFailed):
                    self.renew()
            except TakenOver:
                if not self._ended.is_set():
                    lost()
                return


def _stop_this_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
