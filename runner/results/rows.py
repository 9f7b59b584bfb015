"""Read the points of a sweep, each with the baseline that it started from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from runner.device.request import Request
from runner.device.table import DeviceRow
from runner.measure.correct_table import Correct
from runner.settings.targets import Target
from runner.tracking import Record, Store, StoreFailed, tags

_OF_DEVICES = ("device.", "devices", "measure.")
# Each machine of a cluster has folders of its own.
_OF_MACHINES = "cache."
SEED = "seed"
# In place of what was not looked for: what was, and is not there, is another empty mapping.
NOT_READ: Mapping[Target, Correct] = {}
# What makes no other point.
_APART = (*_OF_DEVICES, "report.", "tracking.", _OF_MACHINES)
_Item = TypeVar("_Item")
# Of the same images: the numbers that a model takes for their pixels.
_RANGE = {f"dataset.{name}" for name in ("scale", "mean", "std", "scale_in_file")}


@dataclass(frozen=True)
class Row:
    """A point and the baseline that it started from; none where it failed before it had one.

    Attributes:
        devices: what devices make of the point's files, where that was read.
        baseline_devices: the same of the baseline's files.
        correct: which images the point's files classify right, where that was read.
        baseline_correct: the same of the baseline's files.
        images: how many validation and test images there are, where that was read.
    """

    point: Record
    baseline: Record | None
    devices: tuple[DeviceRow, ...] = ()
    baseline_devices: tuple[DeviceRow, ...] = ()
    correct: Mapping[Target, Correct] = field(default_factory=lambda: NOT_READ)
    baseline_correct: Mapping[Target, Correct] = field(default_factory=lambda: NOT_READ)
    images: tuple[int, int] | None = None


@dataclass(frozen=True)
class Results:
    """A sweep, finished or not, as the store has it now."""

    sweep: Record
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self.sweep.tags.get(tags.SWEEP, self.sweep.name)

    @property
    def max_drop(self) -> float:
        """The validation accuracy that a file may lose, as the sweep's settings say."""
        # A sweep that is resumed may have another limit; parameters are never rewritten.
        usual = self.sweep.params.get("report.max_drop", "0.01")
        return float(self.sweep.tags.get(tags.MAX_DROP, usual))

    @property
    def confidence(self) -> float | None:
        """The confidence with which the file must be within that limit; None: as measured."""
        return number(self.sweep.tags.get(tags.CONFIDENCE, ""))

    @property
    def request(self) -> Request:
        """The devices that the sweep's file is for, and the room there."""
        try:
            return Request.read(self.sweep.tags.get(tags.DEVICE, ""))
        except (ValueError, KeyError, TypeError):
            # Of a later version, which knows more devices.
            return Request()

    @property
    def planned(self) -> int:
        """How many points the sweep is to have."""
        return int(self.sweep.tags.get(tags.POINTS, len(self.rows)))


def read(store: Store, sweep: Record) -> Results:
    """Read the points of a sweep, in the order of the settings that vary, and their baselines.

    Raises:
        StoreFailed: the store does not answer.
    """
    points = store.children(sweep.id)
    names = varying(points)
    points.sort(key=lambda point: [sort_key(point.params.get(name, "")) for name in names])
    ids = [point.tags.get(tags.BASELINE_RUN_ID, "") for point in points]
    baselines = {run_id: _get(store, run_id) for run_id in set(ids)}
    rows = (Row(point, baselines[run_id]) for point, run_id in zip(points, ids, strict=True))
    return Results(sweep, tuple(rows))


def varying(points: Sequence[Record]) -> list[str]:
    """Name the settings in which the points differ, in the order of the settings.

    A sweep that goes on for another device has points from before: that makes no other points.
    What a stage is given does not count where a point has no such stage.
    """
    names = dict.fromkeys(name for point in points for name in point.params)
    names = {name: None for name in names if not name.startswith((*_OF_DEVICES, _OF_MACHINES))}
    values = {
        name: {point.params[name] for point in points if name in point.params} for name in names
    }
    return [name for name in names if len(values[name]) > 1]


def seed_of(run: Record) -> str:
    """Return the seed that a run was made with."""
    return run.params.get(SEED, "")


def alike(run: Record) -> frozenset[tuple[str, str]]:
    """Return what is equal of runs that differ in nothing but their seed."""
    return frozenset(
        (name, value)
        for name, value in run.params.items()
        if name != SEED and not name.startswith(_APART)
    )


def repeats(items: Iterable[_Item], run_of: Callable[[_Item], Record]) -> list[list[_Item]]:
    """Keep together what comes from runs that differ in nothing but their seed.

    Two runs of one seed say nothing of other seeds: they stand alone.
    """
    groups: dict[object, list[_Item]] = {}
    for item in items:
        groups.setdefault(alike(run_of(item)), []).append(item)
    return [
        part
        for group in groups.values()
        for part in (
            [group]
            if len({seed_of(run_of(item)) for item in group}) == len(group)
            else [[item] for item in group]
        )
    ]


def targets(rows: Sequence[Row]) -> list[Target]:
    """Name the targets that any point has a file of."""
    return [target for target in Target if any(row.point.has_file(target) for row in rows)]


def by_data(rows: Sequence[Row]) -> list[list[Row]]:
    """Group the rows by their dataset settings: accuracies on other images do not compare."""
    groups: dict[frozenset[tuple[str, str]], list[Row]] = {}
    for row in rows:
        settings = row.point.params.items()
        key = frozenset(item for item in settings if says_which_images(item[0]))
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def data_label(group: Sequence[Row], rows: Sequence[Row]) -> str:
    """Name the data of one group among all rows, with the dataset settings that vary."""
    settings = [name for name in varying([row.point for row in rows]) if says_which_images(name)]
    params = group[0].point.params
    names = dict.fromkeys(["dataset.name", *settings])
    return " ".join(params[name] for name in names if name in params)


def says_which_images(setting: str) -> bool:
    """Tell whether a setting decides which images there are, rather than how a model takes them."""
    return setting.startswith("dataset.") and setting not in _RANGE


def number(value: str) -> float | None:
    """Read the value of a setting as a number; None for any other text."""
    try:
        return float(value)
    except ValueError:
        return None


def sort_key(value: str) -> tuple[float, str]:
    """Return a key that sorts numbers by size, and texts after them."""
    size = number(value)
    return (float("inf"), value) if size is None else (size, "")


def _get(store: Store, run_id: str) -> Record | None:
    """Read a baseline's run; None where a point has none, or where someone has removed it."""
    if not run_id:
        return None
    try:
        return store.get(run_id)
    except StoreFailed as failure:
        if failure.code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
