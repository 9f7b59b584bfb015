"""Draw a table of a sweep's points, for a terminal, a pipe or a page."""

import functools
import io
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from runner.escaping.markdown import plain
from runner.escaping.terminal import visible
from runner.results.certainties import Certainties, certainties
from runner.results.choice import CONFIDENCE
from runner.results.file_words import device_words, in_points
from runner.results.rows import SEED, Results, targets, varying
from runner.results.table_line import BASELINE, Line, lines
from runner.results.way import removes_channels
from runner.settings.devices import Device
from runner.settings.labels import point_name, short

# Wider than any table: a pipe, which has no width of its own, gets every row on one line.
_PIPE_WIDTH = 1_000_000
LEGEND = (
    "Each file: test accuracy, zipped bytes, times smaller than the baseline's zipped h5, word."
)


class PointsTable:
    """The points of a sweep and their baselines, with the files of each.

    Those that differ in nothing but their seed are one line of means.
    """

    def __init__(self, results: Results, device: Device) -> None:
        """Take the sweep, and the device whose bytes count."""
        self._results, self._device = results, device
        self._lines = lines(results.rows)
        self._targets = targets(results.rows)
        self._has_seeds = any(len(line.records) > 1 for line in self._lines)
        self._is_narrow = any(removes_channels(row.point) for row in results.rows)

    @functools.cached_property
    def _words(self) -> Certainties:
        return certainties(self._results, self._device)

    @functools.cached_property
    def _settings(self) -> Mapping[str, str]:
        """The settings that vary, with their short names."""
        names = varying([row.point for row in self._results.rows])
        return short([name for name in names if name != SEED or not self._has_seeds])

    @property
    def legend(self) -> list[str]:
        """What stands in a cell, sentence by sentence."""
        what = LEGEND
        if self._device is not Device.PHONE:
            there = device_words(self._device)
            what = f"Each file: test accuracy, bytes of flash and of RAM on {there}, word."
        limit, confidence = self._results.max_drop, self._results.confidence or CONFIDENCE
        judged = (
            f"Word: its drop from the baseline's validation accuracy is within {in_points(limit)}, "
            f"beyond, or too close to tell, by the {confidence * 100:g} % interval on the "
            "validation images; -: not measured."
        )
        means = "Figures are means over the seeds, ± their standard deviation in points."
        return [what, judged, *([means] if self._has_seeds else [])]

    def text(self, points: Collection[str] | None = None) -> str:
        """Draw it for a pipe, in Markdown: one line a row, however long, and no colours.

        Args:
            points: only lines with one of these runs, besides the baselines; all unless given.
        """
        table = Table(box=box.MARKDOWN)
        for name in ("run", *map(plain, self._settings.values())):
            table.add_column(Text(name))
        self._fill(table, points)
        console = Console(width=_PIPE_WIDTH, no_color=True, file=io.StringIO())
        width = Measurement.get(console, console.options, table).maximum
        with console.capture() as captured:
            console.print(table, width=width)
        drawn = [line.rstrip() for line in captured.get().splitlines()]
        return "\n".join(line for line in drawn if line)

    def on_terminal(self, console: Console) -> Table | Text:
        """Draw one row a point where that fits the terminal, else one row a file."""
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, collapse_padding=True, pad_edge=False)
        for name in ("run", *map(visible, self._settings.values())):
            # Names of settings are longer than their values.
            table.add_column(Text(name.replace("_", "\n")), vertical="bottom")
        self._fill(table)
        needed = Measurement.get(console, console.options.update(width=_PIPE_WIDTH), table).maximum
        return table if needed <= console.width else self._by_file(console.width)

    def _fill(self, table: Table, points: Collection[str] | None = None) -> None:
        """Add the columns of figures, and all rows."""
        escape = plain if table.box is box.MARKDOWN else visible
        kept = "channels kept" if table.box is box.MARKDOWN else "channels\nkept"
        figures = ["sparsity", *([kept, "MACs"] if self._is_narrow else [])]
        for name in (*(["seeds"] if self._has_seeds else []), *figures, *self._targets):
            table.add_column(name, justify="right")
        for line in self._lines:
            if points is not None and line.kind != BASELINE and not _has_one(line, points):
                continue
            names = [line.kind, *map(line.value, self._settings)]
            seeds = [line.seeds] if self._has_seeds else []
            cells = [line.cell(kind, self._device, self._words).text for kind in self._targets]
            known = [line.sparsity, *([line.channels_kept, line.macs] if self._is_narrow else [])]
            table.add_row(*(Text(escape(each)) for each in names), *seeds, *known, *cells)

    def _by_file(self, width: int) -> Text:
        """Draw the files of each line below its name."""
        sizes = ("zipped", "ratio") if self._device is Device.PHONE else ("flash", "RAM")
        head = ["target", "accuracy", *sizes, "word"]
        groups = [
            [[str(kind), *line.cell(kind, self._device, self._words)] for kind in self._targets]
            for line in self._lines
        ]
        # What says why there are no figures stands in their place.
        measured = [cells for cells in chain([head], *groups) if cells[2]]
        widths = [max(map(len, column)) for column in zip(*measured, strict=True)]
        widths[0] = max(map(len, self._targets), default=widths[0])
        gap = "  " if sum(widths) + 2 * len(widths) - 2 <= width else " "
        text = Text(no_wrap=True, overflow="ignore")
        text.append(f"{_row(head, widths, gap)}\n", "bold")
        for line, group in zip(self._lines, groups, strict=True):
            name = self._name(line)
            parts = wrap(name, width, break_long_words=False) if len(name) > width else [name]
            text.append("".join(f"{part}\n" for part in ("", *parts)), "bold")
            text.append("".join(f"{_row(cells, widths, gap)}\n" for cells in group))
        return text

    def _name(self, line: Line) -> str:
        values = {name: line.value(name) for name in self._settings if line.value(name)}
        kind = line.kind if line.kind == BASELINE or not values else ""
        seeds = f"{line.seeds} seeds" if self._has_seeds else ""
        name = " ".join(filter(None, (kind, point_name(values) if values else "")))
        known = [f"sparsity {line.sparsity}"]
        if self._is_narrow:
            known += [f"channels kept {line.channels_kept}", f"MACs {line.macs}"]
        return visible(", ".join(filter(None, (name, *known, seeds))))


def _has_one(line: Line, points: Collection[str]) -> bool:
    return any(record.id in points for record in line.records)


def _row(cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    """Put the first and the last cell to the left, and figures to the right."""
    first, reason, *others, last = cells
    name = first.ljust(widths[0])
    if not any(others):
        return f"{name}{gap}{reason}"
    figures = zip((reason, *others), widths[1:-1], strict=True)
    return gap.join([name, *(cell.rjust(width) for cell, width in figures), last]).rstrip()
