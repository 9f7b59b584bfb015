"""What happens to the jobs of a sweep goes in; a live view on the terminal comes out."""

import statistics
import time
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from runner.sweep.jobs import Job


@dataclass
class _Worker:
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    of: int = 0


class LiveView:
    """Points done, running, failed and time left; for each worker its point and epoch."""

    def __init__(self, console: Console, title: str, total: int, done: int, workers: int) -> None:
        self._console, self._title = console, title
        self._total, self._done = total, done
        self._failed: set[str] = set()
        self._slots = workers
        self._workers: dict[str, _Worker] = {}
        self._seconds: list[float] = []
        self._live = Live(console=console, get_renderable=self.drawn, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, name: str) -> None:
        """Give the job a line."""
        self._workers[name] = _Worker()
        self._failed.discard(name)

    def epoch(self, name: str, done: int, of: int) -> None:
        """Move the bar of the job."""
        worker = self._workers[name]
        worker.done, worker.of = done, of

    def finished(self, job: Job, summary: str) -> None:
        """Take the job's line away, and print what came out above the view."""
        worker = self._workers.pop(job.name)
        if job.kind == "point":
            self._done += 1
            self._seconds.append(time.monotonic() - worker.began)
        self._console.print(f"[green]✓[/] {escape(job.name)}  [dim]{escape(summary)}[/]")

    def failed(self, job: Job, reason: str) -> None:
        """Take the job's line away, and print the reason above the view."""
        self._workers.pop(job.name, None)
        if job.kind == "point":
            self._failed.add(job.name)
        self._console.print(f"[red]✗ {escape(job.name)}[/]  {escape(reason)}")

    def warned(self, text: str) -> None:
        """Print a warning above the view."""
        self._console.print(f"[yellow]{escape(text)}[/]")

    def drawn(self) -> Group:
        """Draw the view as it is now."""
        lines = Table.grid(padding=(0, 2))
        for name, worker in list(self._workers.items()):
            bar = ProgressBar(worker.of or 1, worker.done, width=20)
            told = f"epoch {worker.done} of {worker.of}" if worker.of else "starting"
            lines.add_row(escape(name), bar, told, f"{time.monotonic() - worker.began:.0f} s")
        counts = f"{self._done} of {self._total} points done, {len(self._workers)} running"
        failed = f", [red]{len(self._failed)} failed[/]" if self._failed else ""
        return Group(f"[bold]{escape(self._title)}[/]: {counts}{failed}{self._time_left()}", lines)

    def _time_left(self) -> str:
        left = self._total - self._done - len(self._failed)
        if not self._seconds or not left:
            return ""
        seconds = statistics.median(self._seconds) * left / self._slots
        return f", about {_duration(seconds)} left"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
