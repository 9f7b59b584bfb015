"""Draw the table that a sweep ends with: the files that no other one beats."""

from collections.abc import Sequence
from textwrap import wrap

from runner.escaping.markdown import plain
from runner.escaping.terminal import visible
from runner.results.decision import Decision
from runner.results.file_words import device_words, in_points
from runner.results.front_line import FrontLine, front_lines
from runner.settings.devices import Device

_GAP = "  "
# The columns that hold figures: accuracies and sizes.
_FIGURES = range(3, 7)


class FrontTable:
    """The files of a decision that no other one beats in bytes and in validation accuracy."""

    def __init__(self, decision: Decision, whole: bool = False) -> None:
        """Take the decision, whose file has a star.

        Args:
            whole: whether files that others beat are shown, too.
        """
        self._decision, self._whole = decision, whole
        max_drop = decision.limits.max_drop or 0.0
        self._files = front_lines(decision.candidates, decision.candidate, max_drop, whole)
        self._lines = list(self._files)
        if decision.dense and self._files:
            self._lines.insert(0, FrontLine.of_dense(decision.dense, decision.device))

    @property
    def head(self) -> list[str]:
        """The names of the columns."""
        sizes = ("zipped", "smaller") if self._is_phone else ("flash", "RAM")
        return ["", "file", "point", "validation (interval)", "test", *sizes, "drop"]

    @property
    def legend(self) -> list[str]:
        """What stands in the table, sentence by sentence."""
        limits = self._decision.limits
        bytes_ = "zipped bytes" if self._is_phone else f"flash on {device_words(limits.device)}"
        judged = in_points(limits.max_drop or 0.0)
        files = len(self._decision.candidates)
        shown = (
            f"{len(self._files)} of {files} files: no other is better in both {bytes_} and "
            "validation accuracy. "
        )
        return [
            f"{'' if self._whole else shown}drop: of validation accuracy, within {judged}, beyond, "
            "or too close to tell. *: the file to ship."
        ]

    def markdown(self) -> list[str]:
        """Return it for a pipe: one line a file, however long."""
        rows = [self.head, *([plain(cell) for cell in _cells(line)] for line in self._lines)]
        widths = _widths(rows)
        head, *lines = (f"| {_joined(row, widths, ' | ')} |" for row in rows)
        return [head, f"|{'|'.join('-' * (width + 2) for width in widths)}|", *lines]

    def on_terminal(self, width: int) -> list[str]:
        """Return it as one line a file where that fits, else with the point's name above."""
        rows = [self.head, *([visible(cell) for cell in _cells(line)] for line in self._lines)]
        widths = _widths(rows)
        if sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
            return [_joined(row, widths, _GAP).rstrip() for row in rows]
        return _in_two_lines(rows, width)

    @property
    def is_empty(self) -> bool:
        """Whether there is no file to show."""
        return not self._files

    @property
    def _is_phone(self) -> bool:
        return self._decision.device is Device.PHONE


def _cells(line: FrontLine) -> list[str]:
    place = [line.mark, line.target, line.point]
    return [*place, line.validation, line.test, *line.sizes, line.word]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _joined(row: Sequence[str], widths: Sequence[int], gap: str, first: int = 0) -> str:
    """Put words to the left and figures to the right, from the column of that number on."""
    cells = zip(row[first:], widths[first:], strict=True)
    return gap.join(
        cell.rjust(width) if column in _FIGURES else cell.ljust(width)
        for column, (cell, width) in enumerate(cells, start=first)
    )


def _in_two_lines(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Put what a file is above its figures."""
    first = _FIGURES.start
    widths = _widths(rows)
    gap = _GAP if sum(widths[first:]) + len(_GAP) * (len(widths) - first) <= width else " "
    lines: list[str] = []
    for row in rows:
        mark, file, point = row[:first]
        name = wrap(f"{file}, {point}", width - 2, break_long_words=False)
        lines += [f"{mark or ' '} {name[0]}", *(f"  {part}" for part in name[1:])]
        lines.append(f"  {_joined(row, widths, gap, first).rstrip()}")
    return lines
