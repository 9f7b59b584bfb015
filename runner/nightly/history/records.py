"""Hold what came of a night's sweeps as frozen plain values, which JSON can hold too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from statistics import mean
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from runner.nightly.history.points import NightPoint, without_seed
from runner.settings.devices import Device


@dataclass(frozen=True)
class Pick:
    """The file to ship, as the sweep chose it for its device; `flash_bytes` as in a `File`.

    `certainty` says in words how the drop of its accuracy lies to the limit; of nights of before,
    it is empty.
    """

    point: str
    target: str
    zip_bytes: float
    validation_accuracy: float
    flash_bytes: float | None = None
    certainty: str = ""

    @property
    def device_bytes(self) -> float:
        """The bytes that it was chosen by: those on the device."""
        return self.zip_bytes if self.flash_bytes is None else self.flash_bytes

    @property
    def size_text(self) -> str:
        """Those bytes in words."""
        return (
            f"{self.device_bytes:,.0f} bytes {'zipped' if self.flash_bytes is None else 'of flash'}"
        )

    @property
    def text(self) -> str:
        """The file, its size, its validation accuracy, and its word where it has one."""
        certainty = f", {self.certainty}" if self.certainty else ""
        return (
            f"{self.target} of {self.point} ({self.size_text}, validation accuracy "
            f"{self.validation_accuracy:.2%}{certainty})"
        )


@dataclass(frozen=True)
class NightSweep:
    """One sweep of a night; `postponed` names the points that are left to the next night.

    `warnings` say, for each data set, why no comparison with its baseline means anything, and
    `device` what the pick was chosen for. `seeds_without_figure` names the points that finished and
    are not among `points`, for other seeds of theirs are left.
    """

    name: str
    points: Mapping[str, NightPoint]
    pick: Pick | None
    # In the files of nights it is "left".
    postponed: Annotated[tuple[str, ...], Field(alias="left")] = ()
    warnings: tuple[str, ...] = ()
    # Nights of before there were devices chose for phones.
    device: str = Device.PHONE.value
    seeds_without_figure: tuple[str, ...] = ()

    @property
    def postponed_points(self) -> set[str]:
        """The points that are left, named without their seeds, as the points of a night are.

        One with a seed that failed is none: that is told tonight.
        """
        return {*self.postponed, *({*map(without_seed, self.postponed)} - self.points.keys())}

    @property
    def finished_names(self) -> list[str]:
        """The names of the single points that finished, each once."""
        finished = (name for point in self.points.values() for name in point.finished_names)
        return [*dict.fromkeys([*finished, *self.seeds_without_figure])]

    @property
    def names(self) -> list[str]:
        """The names of all single points, each once, those that are left too."""
        named = (name for point in self.points.values() for name in point.names)
        return [*dict.fromkeys([*named, *self.seeds_without_figure, *self.postponed])]

    @property
    def targets(self) -> list[str]:
        """The targets of all points' files, each once."""
        files = [point.files for point in self.points.values()]
        return list(dict.fromkeys(target for targets in files for target in targets))

    @property
    def seconds(self) -> float | None:
        """The mean seconds of a point; None where no point has any."""
        seconds = [point.seconds for point in self.points.values() if point.seconds is not None]
        return mean(seconds) if seconds else None

    def accuracy(self, target: str) -> float | None:
        """Return the mean test accuracy of a target's files; None where there are none."""
        points = self.points.values()
        values = [point.files[target].accuracy for point in points if target in point.files]
        return mean(values) if values else None

    def spread(self, target: str) -> float:
        """Return the mean spread of a target's accuracies over seeds; 0 with one seed each."""
        points = self.points.values()
        spreads = [point.files[target].spread for point in points if target in point.files]
        return mean(spreads) if spreads else 0.0


@dataclass(frozen=True)
class Night:
    """One night; `facts` are what may explain a change: versions, commit, settings."""

    name: str
    run_id: str
    sweeps: Mapping[str, NightSweep]
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def picks(self) -> list[str]:
        """The files to ship, with the sweeps."""
        sweeps = self.sweeps.values()
        return [f"{sweep.name}: {sweep.pick.text}" for sweep in sweeps if sweep.pick]

    @property
    def done(self) -> int:
        """How many single points finished."""
        return sum(len(sweep.finished_names) for sweep in self.sweeps.values())

    @property
    def planned(self) -> int:
        """How many single points there are, those that are left too."""
        return sum(len(sweep.names) for sweep in self.sweeps.values())

    @property
    def postponed(self) -> list[str]:
        """The points, with their sweeps, that are left to the next night."""
        sweeps = self.sweeps.values()
        return [f"{sweep.name}: {name}" for sweep in sweeps for name in sweep.postponed]

    @property
    def warnings(self) -> list[str]:
        """Why no comparison with some baseline means anything, with the sweeps."""
        sweeps = self.sweeps.values()
        return [f"{sweep.name}: {warning}" for sweep in sweeps for warning in sweep.warnings]

    @property
    def progress(self) -> str:
        """How many single points are done, as in `3 of 4`."""
        return f"{self.done} of {self.planned}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that JSON can hold."""
        known: dict[str, Any] = _adapter().dump_python(self, by_alias=True)
        return known

    @classmethod
    def from_dict(cls, known: object) -> "Night":
        """Read it back from such a dictionary.

        Raises:
            ValueError: it is not one that `as_dict` has written.
        """
        return _adapter().validate_python(known)


@cache
def _adapter() -> TypeAdapter[Night]:
    return TypeAdapter(Night)
