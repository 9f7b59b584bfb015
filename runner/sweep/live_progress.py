"""Draw the progress of a sweep on a terminal, with a bar for each running job."""

import statistics
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape as escape_markup
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from runner.escaping.terminal import visible
from runner.sweep.jobs import Job


class LiveView:
    """Points done, running and failed, the time left, and the epoch of each running job."""

    def __init__(self, console: Console, title: str, total: int, done: int, workers: int) -> None:
        self._console, self._title = console, title
        self._total, self._done, self._workers = total, done, workers
        self._failed: set[str] = set()
        self._seconds: list[float] = []
        self._tasks: dict[str, TaskID] = {}
        # Only drawn here, never started: the live view below also holds the line of counts.
        self._bars = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column()),
            BarColumn(20),
            TextColumn("{task.fields[state]}"),
            TextColumn("{task.elapsed:.0f} s"),
        )
        self._live = Live(console=console, get_renderable=self.render, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, name: str, machine: str = "") -> None:
        """Add a bar for the job, with the name of its machine where that is another one."""
        place = f"{name}  {machine}" if machine else name
        self._tasks[name] = self._bars.add_task(visible(place), total=1, state="starting")
        self._failed.discard(name)

    def moved(self, name: str, reason: str) -> None:
        """Remove the job's bar, and print the reason above the view."""
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))
        self.warned(reason)

    def epoch(self, name: str, done: int, total: int) -> None:
        """Move the bar of the job."""
        state = f"epoch {done} of {total}"
        self._bars.update(self._tasks[name], completed=done, total=total, state=state)

    def finished(self, job: Job, summary: str) -> None:
        """Remove the job's bar, and print its key figures above the view."""
        seconds = self._remove(job)
        if job.kind == "point":
            self._done += 1
            self._seconds.append(seconds)
        self._print(f"[green]✓[/] {_escape(job.name)}  [dim]{_escape(summary)}[/]")

    def failed(self, job: Job, reason: str) -> None:
        """Remove the job's bar, if it had one, and print the reason above the view."""
        if job.name in self._tasks:
            self._remove(job)
        if job.kind == "point":
            self._failed.add(job.name)
        self._print(f"[red]✗ {_escape(job.name)}[/]  {_escape(reason)}")

    def warned(self, text: str) -> None:
        """Print a warning above the view."""
        self._print(f"[yellow]{_escape(text)}[/]")

    def render(self) -> Group:
        """Return the view as it is now."""
        counts = f"{self._done} of {self._total} points done, {len(self._tasks)} running"
        failed = f", [red]{len(self._failed)} failed[/]" if self._failed else ""
        title = f"[bold]{_escape(self._title)}[/]"
        head = _text(f"{title}: {counts}{failed}{self._time_left()}")
        return Group(head, self._bars.get_renderable())

    def _print(self, markup: str) -> None:
        self._console.print(_text(markup))

    def _remove(self, job: Job) -> float:
        """Remove the job's bar, and return how many seconds the job took."""
        task = self._tasks.pop(job.name)
        (seconds,) = (bar.elapsed for bar in self._bars.tasks if bar.id == task)
        self._bars.remove_task(task)
        return seconds or 0.0

    def _time_left(self) -> str:
        points = self._total - self._done - len(self._failed)
        if not self._seconds or not points:
            return ""
        seconds = statistics.median(self._seconds) * points / self._workers
        return f", about {_duration(seconds)} left"


def _text(markup: str) -> Text:
    # A name such as :smile: is no picture.
    return Text.from_markup(markup, emoji=False)


def _escape(text: str) -> str:
    """Show a text as it is: neither the terminal nor rich finds anything in it."""
    return escape_markup(visible(text))


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
