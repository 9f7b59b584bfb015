"""Draw the progress of a sweep on a terminal: a bar, a line for each worker, the last endings."""

import atexit
import threading
from collections.abc import Sequence
from typing import Self

from rich.cells import cell_len
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.text import Text

from runner.escaping.shortened import cut, shortened
from runner.escaping.terminal import visible
from runner.point.outcome import Outcome
from runner.process.signals import delayed_stop
from runner.sweep.jobs import Job
from runner.sweep.view.endings import Endings
from runner.sweep.view.live_region import LiveRegion
from runner.sweep.view.plain_lines import LogLines
from runner.sweep.view.time_left import TimeLeft, in_words
from runner.sweep.view.worker_lines import Workers

# Columns: to read figures beside names that are far away is hard.
_WIDEST = 100
_NARROWEST_BAR, _WIDEST_BAR = 8, 40
# Lines of endings that workers leave room for, where a terminal is low.
_LEAST_ENDINGS = 3


class LiveView:
    """Points done and failed, the time left, what each worker does, and how the last jobs ended.

    Warnings are printed above it. The log, which a file keeps, has the rest as lines.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        console: Console,
        title: str,
        total: int,
        done: int,
        left: TimeLeft,
        at_most: bool = False,
    ) -> None:
        """Take what is known of the sweep now; see `choose_view` for the arguments."""
        self._console, self._title = console, visible(title)
        self._total, self._done, self._left = total, done, left
        self._at_most = "at most " if at_most else ""
        self._failed: set[str] = set()
        self._workers, self._endings = Workers(), Endings()
        self._log = LogLines(total, done, in_view=True)
        self._region = LiveRegion(console, self.lines)
        # What is drawn, by a thread of its own, must not change meanwhile.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        # Whatever ends the process, the cursor is there again.
        atexit.register(self._region.stop)
        try:
            with delayed_stop():
                self._region.start(refresh=True)
        except BaseException:
            self._region.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with delayed_stop():
            self._region.stop()
        atexit.unregister(self._region.stop)

    def started(self, name: str, machine: str = "") -> None:
        """Give the job to a worker, with the name of its machine where that is another one."""
        with self._lock:
            self._workers.begin(name, machine)
            self._failed.discard(name)
        self._log.started(name, machine)

    def moved(self, name: str, reason: str) -> None:
        """Free the job's worker, and print the reason above the view."""
        with self._lock:
            self._workers.end(name)
        self._log.moved(name, reason)

    def epoch(self, name: str, done: int, total: int, accuracy: float | None) -> None:
        """Show in the job's line how far and how good it is."""
        with self._lock:
            work = self._workers.find(name)
            if work:
                work.epochs = f"epoch {done}/{total}"
                work.accuracy = "" if accuracy is None else f"{accuracy:.2%}"

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Free the job's worker, and add what it came to."""
        with self._lock:
            seconds = self._workers.end(job.name)
            self._endings.well(job.name, outcome)
            if job.kind == "point":
                self._done += 1
                self._left.note(seconds)
        self._log.finished(job, outcome)

    def failed(self, job: Job, reason: str) -> None:
        """Free the job's worker, if it had begun, and add the reason."""
        with self._lock:
            self._workers.end(job.name)
            self._endings.failed(job.name, reason)
            if job.kind == "point":
                self._failed.add(job.name)
        self._log.failed(job, reason)

    def warned(self, text: str) -> None:
        """Print a warning above the view."""
        self._log.warned(text)

    def lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the view as it is now, lower than the terminal and no wider."""
        width = min(width, _WIDEST)
        with self._lock:
            endings = self._endings.lines(width, height - 3)
            room = height - 2
            workers = self._workers.lines(width, room - min(len(endings), _LEAST_ENDINGS))
            kept = max(0, room - len(workers))
            return [self._head(width), *workers, *endings[len(endings) - kept :]]

    def _head(self, width: int) -> Text:
        """Return title, bar and counts, of which the counts are shown whole if they can be."""
        counts = f"{self._counts()}{self._time_left()}"
        rest = width - cell_len(counts) - 2
        title = shortened(self._title, max(rest - _NARROWEST_BAR - 1, min(rest, width // 4)))
        bar = min(_WIDEST_BAR, rest - cell_len(title) - 1)
        head = Text(title, style="bold")
        if bar >= _NARROWEST_BAR:
            head = Text.assemble(head, " ", self._bar(bar))
        whole = Text.assemble(head, "  " * bool(title), counts)
        return whole if cell_len(whole.plain) <= width else Text(cut(counts, width))

    def _bar(self, width: int) -> Text:
        ended = self._done + len(self._failed)
        bar = ProgressBar(max(self._total, 1), ended, width)
        pieces = self._console.render(bar, self._console.options.update_width(width))
        return Text.assemble(*((piece.text, piece.style or "") for piece in pieces))

    def _counts(self) -> str:
        failed = f", {len(self._failed)} failed" if self._failed else ""
        return f"{self._done} of {self._at_most}{self._total} points{failed}"

    def _time_left(self) -> str:
        """Say how long it still takes; before that is known, how many workers share it."""
        busy = self._workers.busy
        points = self._total - self._done - len(self._failed)
        waiting = max(0, points - len(busy))
        seconds = self._left.estimate(waiting, [work.began for work in busy])
        if seconds is None:
            return f", {self._left.workers} worker{'s' * (self._left.workers != 1)}"
        # What takes longer than others ends at any moment, or nobody knows when.
        known = points and seconds >= 1
        return f", {self._at_most or 'about '}{in_words(seconds)} left" if known else ""
