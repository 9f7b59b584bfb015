"""Compare channels removed, weights pruned, and both, in a table and in words."""

from runner.results.candidate import name_of
from runner.results.decision import Decision
from runner.results.drop_words import NOT_MEASURED, interval
from runner.results.file import File
from runner.results.file_words import in_points
from runner.results.way_file import WayFile, way_files
from runner.results.way_group import WayGroup, way_groups
from runner.results.way_words import verdict
from runner.settings.devices import Device

TITLE = "Channels, weights, or both"
_BEFORE = ("way", "point", "file", "further epochs", "MACs")
_KEEPS = "keeps the limits"
_YES, _CLOSEST = "yes", "no, the closest: "


class WaysTable:
    """A line for each way, with the smallest file within the limits or the closest one."""

    def __init__(self, group: WayGroup) -> None:
        """Take the points of one network on one data set, and what their files are to keep."""
        self.group = group
        self._decision = group.decision
        self.files = way_files(group)
        self._has_latency = any(_ms(each.candidate.file) for each in self.files)

    @property
    def heading(self) -> list[str]:
        """The names of the columns."""
        # On an accelerator the file is another one: what the compiler makes of it.
        size = "bytes" if self._decision.device is Device.PHONE else "flash bytes"
        limit = f"limit: {in_points(self._decision.limits.max_drop or 0.0)}"
        drop = ("drop, points", "interval, points", limit)
        latency = ["ms an image"] if self._has_latency else []
        return [*_BEFORE, size, "zipped bytes", *latency, *drop, "test", _KEEPS]

    @property
    def lines(self) -> list[list[str]]:
        """The texts of the cells."""
        return [self._line(each) for each in self.files]

    @property
    def sentences(self) -> list[str]:
        """Say which way is the smallest, by how much, and what training alone does."""
        return verdict(self.files, self.group)

    @property
    def text_lines(self) -> list[str]:
        """Say each line in one sentence, for a terminal."""
        return [_said(dict(zip(self.heading, line, strict=True))) for line in self.lines]

    def _line(self, each: WayFile) -> list[str]:
        candidate, file = each.candidate, each.candidate.file
        size = file.size_bytes if file.device is Device.PHONE else file.size
        word = candidate.certainty(self._decision.limits.max_drop or 0.0) or NOT_MEASURED
        latency = [_ms(file)] if self._has_latency else []
        broken = " and ".join(excess.text for excess in each.broken)
        return [
            *(str(each.way), name_of([one.point for one in candidate.files]), str(file.target)),
            *(str(each.epochs), "" if file.macs is None else f"{file.macs:,.0f}"),
            *(f"{size:,.0f}", f"{file.zip_bytes:,.0f}", *latency),
            *(f"{candidate.drop * 100:.2f}", interval(candidate.validation), str(word)),
            *(f"{candidate.accuracy:.2%}", f"{_CLOSEST}{broken}" if broken else _YES),
        ]


def ways_tables(decision: Decision) -> list[WaysTable]:
    """Compare the ways for each network, and each `compress`, that has a point with fewer channels.

    There is none where there is no baseline to judge files by, or one at chance.
    """
    tables = map(WaysTable, way_groups(decision))
    return [table for table in tables if table.files]


def _ms(file: File) -> str:
    known = file.machine_ms if file.latency_ms is None else file.latency_ms
    return "" if known is None else f"{known:.3g}"


def _said(cells: dict[str, str]) -> str:
    """Say a line in words; what is not known is left out."""
    named = (_counted(cells[name], unit) for name, unit in _UNITS.items() if cells.get(name))
    drop = f"drops {cells['drop, points']} points"
    ends = cells["interval, points"]
    limit = next(name for name in cells if name.startswith("limit: "))
    word = f"{drop}{f' ({ends})' if ends else ''}: {cells[limit]}"
    broken = cells[_KEEPS].removeprefix(_CLOSEST)
    closest = (
        ""
        if broken == _YES
        else f"; no file of this way keeps the limits, and the closest {broken}"
    )
    figures = ", ".join([*named, word, f"test accuracy {cells['test']}"])
    return f"{cells['way']}: {cells['file']} of {cells['point']}, {figures}{closest}."


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


_UNITS = {
    "bytes": "bytes",
    "flash bytes": "bytes of flash",
    "zipped bytes": "bytes zipped",
    "MACs": "MACs",
    "ms an image": "ms",
    "further epochs": "further epochs",
}
