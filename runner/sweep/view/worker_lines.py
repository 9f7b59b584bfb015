"""Draw a line for each worker: what it works on, how far that is, and how good so far."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.text import Text

from runner.escaping.shortened import cut, padded
from runner.escaping.terminal import visible
from runner.sweep.view.time_left import in_words

_GAP = 2
# Of the columns, what names of machines may take.
_SHARE_OF_PLACES = 3


@dataclass
class Work:
    """A job that a worker has begun."""

    name: str
    place: str
    epochs: str = "starting"
    accuracy: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self.began


class Workers:
    """Those that a sweep has had so far, each with its job or none."""

    def __init__(self) -> None:
        self._jobs: list[Work | None] = []

    @property
    def busy(self) -> list[Work]:
        """The jobs that go on."""
        return [work for work in self._jobs if work]

    def begin(self, name: str, machine: str) -> None:
        """Give a job to the first worker that is free, on the machine of this name or on ours."""
        free = self._jobs.index(None) if None in self._jobs else len(self._jobs)
        place = f"worker {free + 1}{f' on {visible(machine)}' if machine else ''}"
        self._jobs[free : free + 1] = [Work(visible(name), place)]

    def find(self, name: str) -> Work | None:
        """Return a job that goes on; None where it does not."""
        return next((work for work in self.busy if work.name == visible(name)), None)

    def end(self, name: str) -> float:
        """Free the worker of a job, and return the seconds that the job took; 0: it never began."""
        work = self.find(name)
        if work is None:
            return 0.0
        self._jobs[self._jobs.index(work)] = None
        return work.seconds

    def lines(self, width: int, height: int) -> list[Text]:
        """Return a line for each worker; where they are too many, for those that work."""
        shown = self._jobs if len(self._jobs) <= height else self.busy
        if len(shown) <= height:
            return self._table(shown, width)
        left = Text(f"… and {len(shown) - height + 1} more workers"[:width], style="dim")
        return [*self._table(shown[: height - 1], width), left] if height > 0 else []

    def _table(self, shown: Sequence[Work | None], width: int) -> list[Text]:
        rows = [_cells(work, number) for number, work in enumerate(shown, start=1)]
        if not rows:
            return []
        place, _, *figures = (max(map(len, column)) for column in zip(*rows, strict=True))
        place = min(place, width // _SHARE_OF_PLACES)
        # The time that a job has taken is the first to go.
        kept = figures if width >= 70 else figures[:-1]
        name = max(0, width - place - sum(kept) - _GAP * (len(kept) + 1))
        return [_line(row, [place, name, *kept]) for row in rows]


def _cells(work: Work | None, number: int) -> tuple[str, ...]:
    if work is None:
        return f"worker {number}", "idle", "", "", ""
    return work.place, work.name, work.epochs, work.accuracy, in_words(work.seconds)


def _line(cells: Sequence[str], widths: Sequence[int]) -> Text:
    """Put words to the left, shortened, and figures to the right."""
    place, name, *figures = cells
    words = [padded(place, widths[0]), padded(name, widths[1])]
    numbers = [text.rjust(width) for text, width in zip(figures, widths[2:], strict=False)]
    width = sum(widths) + _GAP * (len(widths) - 1)
    line = Text(cut((" " * _GAP).join([*words, *numbers]), width).rstrip())
    line.stylize("dim", 0, widths[0])
    return line
