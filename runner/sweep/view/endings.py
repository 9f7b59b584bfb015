"""Draw a line for each of the jobs that ended last: how large and how good, or why it failed."""

from collections import deque
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from runner.escaping.shortened import cut, padded, shortened
from runner.escaping.terminal import visible
from runner.point.outcome import Outcome

_KEPT = 5
_GAP = "  "
# Columns from which on there is room for the name of a file.
_WIDE = 76


@dataclass(frozen=True)
class _Ending:
    """A job that ended: with the figures of its smallest file, or a sentence in place of them."""

    name: str
    failed: bool
    target: str = ""
    size: str = ""
    accuracy: str = ""
    words: str = ""


class Endings:
    """The last few of them."""

    def __init__(self) -> None:
        self._endings: deque[_Ending] = deque(maxlen=_KEPT)

    def well(self, name: str, outcome: Outcome) -> None:
        """Add a job that went well."""
        self._endings.append(_well(visible(name), outcome))

    def failed(self, name: str, reason: str) -> None:
        """Add a job that failed."""
        self._endings.append(_Ending(visible(name), failed=True, words=visible(reason)))

    def lines(self, width: int, height: int) -> list[Text]:
        """Return a line for each, the last one last."""
        shown = [*self._endings][-height:] if height > 0 else []
        rows = [_columns(each, wide=width >= _WIDE) for each in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [_line(each, widths, width) for each in shown]


def _well(name: str, outcome: Outcome) -> _Ending:
    """Take the smallest file; what has no figures has words."""
    sizes = {
        figures["zip_bytes"]: target
        for target, figures in outcome.figures.items()
        if {"zip_bytes", "validation_accuracy"} <= figures.keys()
    }
    if not sizes:
        return _Ending(name, failed=False, words=visible(outcome.summary))
    size = min(sizes)
    accuracy = outcome.figures[sizes[size]]["validation_accuracy"]
    return _Ending(name, False, sizes[size], f"{size:,.0f} B", f"{accuracy:.2%}")


def _columns(ending: _Ending, wide: bool) -> list[str]:
    target = [ending.target] if wide else []
    return [*target, ending.size, ending.accuracy]


def _line(ending: _Ending, widths: list[int], width: int) -> Text:
    mark, style = ("✗", "red") if ending.failed else ("✓", "green")
    room = width - 2
    if ending.words:
        # A reason says most at its beginning.
        name = shortened(ending.name, max(room // 2, room - cell_len(ending.words) - 2))
        text = cut(f"{name}{_GAP}{ending.words}", room)
    else:
        cells = _columns(ending, wide=len(widths) > 2)
        figures = [cell.rjust(each) for cell, each in zip(cells, widths, strict=True)]
        rest = room - sum(widths) - len(_GAP) * len(widths)
        text = cut(_GAP.join([padded(ending.name, max(0, rest)), *figures]), room)
    line = Text(f"{mark} {text}")
    line.stylize(style, 0, 1)
    return line
