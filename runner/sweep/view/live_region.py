"""Draw some lines at the bottom of a terminal again and again, also when its width changes."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

# A few times a second: enough for seconds that pass, and little for a slow connection.
_DRAWN_PER_SECOND = 3
_ROW_ABOVE = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2))


class LiveRegion(Live):
    """Lines that vanish at the end; what is printed meanwhile goes above them."""

    def __init__(self, console: Console, lines: Callable[[int, int], Sequence[Text]]) -> None:
        """Take what to draw.

        Args:
            lines: returns the lines for a width and a height; none of them is wider.
        """
        self._lines = lines
        self._drawn: list[int] = []
        super().__init__(
            console=console,
            get_renderable=lambda: self,
            refresh_per_second=_DRAWN_PER_SECOND,
            transient=True,
            vertical_overflow="crop",
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = self._lines(console.width, console.height - 1)
        self._drawn = [cell_len(line.plain) for line in lines]
        yield from lines
        # For keys that the terminal shows, Ctrl-C as ^C: next to a full line they would break it.
        yield Text()

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Remove the rows, too, that a terminal has made of lines when it became narrower."""
        first, *others = super().process_renderables(renderables)
        width = self.console.width
        rows = sum(max(0, columns - 1) // width for columns in self._drawn)
        return [first, Control(*(_ROW_ABOVE * rows)), *others]
