"""Gather everything that a report shows from the store."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.device.fit import Fit, fit
from runner.device.request import Request
from runner.device.table import DeviceRow
from runner.report.picked_classes import PickedClasses, picked_classes
from runner.report.shown_points import Curve, Layers, curves_of, layers_of, points_to_show
from runner.results import choice
from runner.results.candidate import Candidate
from runner.results.choice import File
from runner.results.class_figures import FileClasses
from runner.results.correct_rows import with_correct
from runner.results.decision import Decision, decide_all
from runner.results.device_rows import with_device_rows
from runner.results.evidence import Evidence
from runner.results.evidence_words import sentences
from runner.results.pareto import pareto
from runner.results.rows import Results, Row, by_data
from runner.results.ways_table import WaysTable, ways_tables
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record, Store


@dataclass(frozen=True)
class Contents:
    """What a report shows of one sweep, or of several side by side.

    Attributes:
        decisions: what to ship, for each sweep and data set, on the first device asked for.
        asked: the same for each device; empty where nobody asked but for a phone.
        groups: the rows of all sweeps, by data set.
        candidates: the files of each sweep on that device, those of several seeds together.
        front: those that no other of their data set beats in bytes and mean accuracy, and that
            the device runs.
        shown: the points that are shown in detail.
        curves: by the run id of a shown point, the values of its metrics by step.
        layers: by the run id of a shown point, the lines of its layers.csv.
        classes: those of each file to ship.
    """

    store: Store
    sweeps: tuple[Results, ...]
    decisions: tuple[tuple[Results, Decision], ...]
    asked: tuple[tuple[Results, Decision], ...]
    groups: tuple[tuple[Row, ...], ...]
    candidates: tuple[Candidate, ...]
    front: tuple[Candidate, ...]
    shown: tuple[Record, ...]
    curves: Mapping[str, Mapping[str, Curve]]
    layers: Mapping[str, Layers]
    classes: tuple[PickedClasses, ...]

    @functools.cached_property
    def rows(self) -> list[Row]:
        """All rows, sweep after sweep."""
        return [row for results in self.sweeps for row in results.rows]

    @property
    def device(self) -> Device:
        """The device that the charts are about."""
        return self.decisions[0][1].device if self.decisions else Device.PHONE

    @property
    def asked_devices(self) -> list[Device]:
        """The devices that the tables show; none where nobody asked but for a phone."""
        return list(dict.fromkeys(decision.device for _, decision in self.asked))

    @property
    def size_name(self) -> str:
        """What the bytes on the device are."""
        return "zipped bytes" if self.device is Device.PHONE else "flash bytes"

    def fit(self, record: Record, target: Target, device: Device) -> Fit:
        """Say what a device makes of a file of a point or a baseline."""
        return fit(target, record.figures(target), self._devices.get(record.id, ()), device)

    def size(self, record: Record, target: Target) -> float | None:
        """Return the bytes of a file on the device; None where it does not run there."""
        found = self.fit(record, target, self.device)
        return found.size if found.runs else None

    def candidates_of(self, group: Sequence[Row]) -> list[Candidate]:
        """Return the candidates on one data set that the device runs."""
        return [each for each in choice.among(self.candidates, group) if each.file.runs]

    @functools.cached_property
    def _devices(self) -> Mapping[str, Sequence[DeviceRow]]:
        """What devices make of the files of each run, by its id."""
        rows = {row.point.id: row.devices for row in self.rows}
        return rows | {row.baseline.id: row.baseline_devices for row in self.rows if row.baseline}

    @property
    def picked(self) -> list[Candidate]:
        """What to ship: one for each sweep and data set where one qualifies."""
        return [decision.candidate for _, decision in self.decisions if decision.candidate]

    @property
    def picks(self) -> list[File]:
        """The files to ship: of several seeds, the median one's."""
        return [candidate.file for candidate in self.picked]

    def sentences(self, decision: Decision) -> list[str]:
        """Say how far the images bear a decision out; nothing where there is no file."""
        return self._sentences[id(decision)]

    @functools.cached_property
    def _sentences(self) -> Mapping[int, list[str]]:
        """Those of each decision; to resample takes some time, and several texts show them."""
        found = {id(decision): Evidence.of(decision) for _, decision in self.decisions}
        return {key: sentences(each) if each else [] for key, each in found.items()}

    @functools.cached_property
    def ways(self) -> Mapping[int, list[WaysTable]]:
        """Channels, weights and both compared, by the id of each decision."""
        return {id(decision): ways_tables(decision) for _, decision in self.decisions}

    def classes_of(self, file: File) -> FileClasses:
        """Return the classes of a file to ship."""
        return next((each.classes for each in self.classes if each.file == file), FileClasses())

    def sweep_of(self, point: Record) -> str:
        """Return the label of a point's sweep; empty where there is one sweep only."""
        return "" if len(self.sweeps) == 1 else self._sweeps[point.id]

    @functools.cached_property
    def labels(self) -> list[str]:
        """A different name for each sweep: two of one name get the start of their run ids."""
        names = [results.name for results in self.sweeps]
        return [
            name if names.count(name) == 1 else f"{name} {results.sweep.id[:6]}"
            for name, results in zip(names, self.sweeps, strict=True)
        ]

    @functools.cached_property
    def _sweeps(self) -> Mapping[str, str]:
        """The label of the sweep of each point, by the point's run."""
        pairs = zip(self.labels, self.sweeps, strict=True)
        return {row.point.id: label for label, results in pairs for row in results.rows}


def gather(store: Store, sweeps: Sequence[Results], request: Request | None = None) -> Contents:
    """Decide for each sweep by its own limit, and read what the charts show.

    Args:
        request: devices to choose for instead of each sweep's own.

    Raises:
        StoreFailed: the store does not answer.
    """
    # Files for different devices do not stand in one chart: the first sweep's device counts.
    common = request or sweeps[0].request
    asked = [pair for results in sweeps for pair in _asked(store, results, common, request)]
    sweeps = list({id(results): results for results, _ in asked}.values())
    decisions = [pair for pair in asked if pair[1].device is common.device]
    rows = [row for results in sweeps for row in results.rows]
    groups = by_data(rows)
    candidates = [each for _, decision in decisions for each in decision.candidates]
    front = [each for group in groups for each in pareto(choice.among(candidates, group))]
    picks = [decision.file for _, decision in decisions if decision.file]
    shown = points_to_show([*picks, *(each.file for each in front)], rows)
    plain = all(decision.limits.is_plain for _, decision in asked)
    return Contents(
        store=store,
        sweeps=tuple(sweeps),
        decisions=tuple(decisions),
        asked=() if plain else tuple(asked),
        groups=tuple(tuple(group) for group in groups),
        candidates=tuple(candidates),
        front=tuple(front),
        shown=tuple(shown),
        curves={point.id: curves_of(store, point) for point in shown},
        layers={point.id: layers_of(store, point) for point in shown},
        classes=tuple(_classes(store, file, rows) for file in picks),
    )


def _asked(
    store: Store, results: Results, common: Request, request: Request | None
) -> list[tuple[Results, Decision]]:
    """Decide for each device of one sweep, with its tables of devices."""
    own = request or results.request
    own = own if own.device is common.device else common
    results = with_correct(store, with_device_rows(store, results, own))
    return [(results, decision) for decision in decide_all(results, store, own)]


def _classes(store: Store, file: File, rows: Sequence[Row]) -> PickedClasses:
    baselines = {row.point.id: row.baseline for row in rows}
    return picked_classes(store, file, baselines[file.point.id])
