"""Make the report that a sweep ends with, and keep it where the store does not take it."""

import functools
import logging
import shlex
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runner.completion.asked import Asked
from runner.completion.complete import complete
from runner.device.request import Request
from runner.device.wanted import Wanted
from runner.errors import RunnerError, is_fault, one_line
from runner.escaping.terminal import say
from runner.report import folder
from runner.results import console
from runner.results.decision import Decision
from runner.results.next_steps import next_steps
from runner.results.page_views import saved_page
from runner.results.rows import Results, read
from runner.settings import Settings
from runner.settings.address_mask import masked
from runner.sweep.patience import Patience
from runner.tracking import Absent, Record, Store, StoreFailed

if TYPE_CHECKING:
    from runner.report.drawing import Drawing

log = logging.getLogger(__name__)


class NotReported(RunnerError):
    """A sweep whose report, or what it is asked to measure, is not in the store."""


@dataclass
class FinalReport:
    """What a sweep came to, as it is printed and logged once.

    Attributes:
        place: the folder for a report that no store takes.
        tried: whether it was made, or it was tried.
    """

    store: Store
    sweep_run_id: str
    settings: Settings
    place: Path
    tried: bool = field(default=False, init=False)

    def make(self, status: str, patience: Patience) -> None:
        """Print and log what the sweep came to; where that fails, write it into the folder.

        Args:
            status: what the run of the sweep ends as, once its report is there.
            patience: how long to wait for a store that does not answer.

        Raises:
            NotReported: the report is not, or not whole, in the store, or something that is asked
                for could not be measured, and may be the next time.
        """
        self.tried = True
        lacking: list[str] = []
        try:
            results = patience.call(lambda: self._read(status))
            results = patience.call(functools.partial(self._complete, results, lacking))
            if lacking and status == "FINISHED":
                results = replace(results, sweep=_ended(results.sweep, "FAILED"))
            decisions = patience.call(lambda: self._show(status, results))
        except Absent as failure:
            raise NotReported(f"its report could not be made: {failure}") from failure
        except StoreFailed as failure:
            log.error("no table, the store does not answer: %s", failure)
            log.error("nothing is lost: the same command logs what is kept, and goes on")
            raise NotReported(f"its report could not be made: {failure}") from failure
        try:
            drawing = _draw(self.store, results, patience)
        except Exception as failure:
            self._explain(failure)
            reason = f"its report could not be made: {one_line(failure)}"
            raise NotReported(reason) from failure
        self._publish(results, drawing, patience)
        if decisions:
            page = saved_page(self.store, results, decisions)
            say(*next_steps(self.store, results, decisions[0], page))
        if lacking:
            reason = f"not all is measured that is asked for: {lacking[0]}"
            raise NotReported(f"{reason}; the same command measures the rest")

    def _show(self, status: str, results: Results) -> list[Decision]:
        """Print what the sweep came to; of one that was stopped, only how far it came."""
        if status != "KILLED":
            return console.show(self.store, results)
        done = sum(row.point.status == "FINISHED" for row in results.rows)
        say(f"Stopped after {done} of {results.planned} points; the same command goes on.")
        return []

    def _publish(self, results: Results, drawing: "Drawing", patience: Patience) -> None:
        from runner.report.publish import publish_drawing

        try:
            path = patience.call(lambda: publish_drawing(self.store, results, drawing))
        except Exception as failure:
            self._explain(failure)
            self._write(drawing)
            reason = f"its report could not be stored: {one_line(failure)}"
            raise NotReported(reason) from failure
        say(f"Report: {path}")

    def _read(self, status: str) -> Results:
        """Read the sweep as it is to be once its report is there."""
        sweep = self.store.get(self.sweep_run_id)
        return read(self.store, _ended(sweep, status))

    def _complete(self, results: Results, lacking: list[str]) -> Results:
        """Measure what runs lack that were finished before this was asked of their files."""
        wanted, request = Wanted.of(self.settings), Request.of(self.settings)
        try:
            asked = Asked(made=())
            return complete(self.store, results, request, asked, wanted=wanted, passing=lacking)
        except StoreFailed:
            raise
        except Exception as failure:
            log.error("not all is measured: %s", one_line(failure), exc_info=is_fault(failure))
            lacking.append(one_line(failure))
            return results

    def _write(self, drawing: "Drawing") -> None:
        """Write the report into the folder, and say where it is."""
        try:
            say(f"Report: {folder.write(self.place, drawing.texts)}, and not in the store")
        except OSError as failure:
            log.error("%s: the report cannot be written there either: %s", self.place, failure)

    def _explain(self, failure: Exception) -> None:
        log.error("no report: %s", one_line(failure), exc_info=is_fault(failure))
        where = ["--experiment", self.store.experiment, "--tracking-uri", masked(self.store.uri)]
        command = shlex.join(["python", "-m", "runner.report", self.sweep_run_id, *where])
        log.error("the same command makes it again, and so does this: %s", command)


def _ended(sweep: Record, status: str) -> Record:
    return replace(sweep, status=status, ended=int(time.time() * 1000))


def _draw(store: Store, results: Results, patience: Patience) -> "Drawing":
    # Plotly is imported here, so that a sweep begins sooner.
    from runner.report.drawing import Drawing

    return patience.call(lambda: Drawing.of(store, [results]))
