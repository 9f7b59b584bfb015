"""Collect what a stored run gets in addition, and log it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.completion.stored_run import StoredRun
from runner.device.table import HOST, TABLE, DeviceRow, devices_csv
from runner.settings.targets import Target
from runner.tracking import Record


@dataclass
class Addition:
    """What a stored run gets in addition.

    Attributes:
        folder: for its files on this machine.
        asked: targets whose files are measured, besides those that are made; None for all.
        made: files that it did not have.
        metrics: of these files, and of devices.
        texts: its tables with these files, by their names among its artifacts.
        measured: what devices make of all its files; None where nothing is new.
        left_out: by the reasons, what it does not get.
        passing: those of the reasons that may be gone the next time.
    """

    run: StoredRun
    folder: Path
    asked: Sequence[Target] | None = None
    made: dict[Target, Path] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    measured: list[DeviceRow] | None = None
    left_out: dict[str, list[str]] = field(default_factory=dict)
    passing: list[str] = field(default_factory=list)
    _fetched: dict[Target, Path] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[DeviceRow]:
        """What devices make of its files, as far as it was measured."""
        return self.run.device_rows if self.measured is None else self.measured

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to log."""
        return not self.made and not self.metrics and self.measured is None

    @property
    def targets(self) -> list[Target]:
        """The targets that it has files of, with those that it gets."""
        return [each for each in Target if each in self.made or each in self.run.targets]

    @property
    def to_measure(self) -> list[Target]:
        """The targets that somebody asks for, with those that it gets."""
        asked = self.asked
        return [each for each in self.targets if asked is None or each in (*asked, *self.made)]

    def leave_out(self, names: Iterable[str], reason: str, passing: bool = False) -> None:
        """Note what it does not get, and why, and whether the reason may be gone the next time."""
        if passing:
            self.passing.append(reason)
        self.left_out.setdefault(reason, []).extend(map(str, names))

    def file(self, target: Target) -> Path:
        """Return one of its files on this machine.

        Raises:
            StoreFailed: the store does not answer, or no longer has the file.
        """
        if target not in self.made and target not in self._fetched:
            self._fetched[target] = self.run.fetch(target, self.folder)
        return self.made.get(target) or self._fetched[target]

    @property
    def metric_names(self) -> set[str]:
        """The names of all metrics that it has or gets."""
        return {*self.run.record.metrics, *self.metrics}

    def metric(self, name: str) -> float | None:
        """Return a metric that it has or gets."""
        return self.metrics.get(name, self.run.record.metrics.get(name))

    def text(self, name: str) -> str:
        """Return a text that it has or gets; empty where there is none.

        Raises:
            StoreFailed: the store does not answer.
        """
        return self.texts.get(name) or self.run.text(name)

    def add_rows(self, new: Iterable[DeviceRow]) -> None:
        """Put new rows in the place of old ones, of which figures of this machine are kept."""
        rows = {(row.target, row.device): row for row in self.rows}
        for row in new:
            key = row.target, row.device
            kept = rows[key].figures if key in rows and row.device == HOST else {}
            rows[key] = replace(row, figures={**kept, **row.figures})
        self.measured = list(rows.values())

    def log(self) -> Record:
        """Log all of it in the run, and return the run as it is then.

        Raises:
            StoreFailed: the store does not take it.
        """
        store = self.run.store
        open_run = store.reopen(self.run.record)
        for path in self.made.values():
            open_run.log_file(path, "models")
        texts = self.texts | ({} if self.measured is None else {TABLE: devices_csv(self.measured)})
        for name, text in texts.items():
            open_run.log_text(text, name)
        open_run.flush()
        # After the files: a run that has figures of a file has the file.
        open_run.log_metrics(self.metrics)
        open_run.flush()
        return store.get(self.run.record.id)

    def in_memory(self) -> Record:
        """Return the run with the figures of the files that the store has, which stays as it is."""
        made = tuple(f"/{target}" for target in self.made)
        figures = {
            name: value for name, value in self.metrics.items() if not name.endswith(made or "/")
        }
        record = self.run.record
        return replace(record, metrics={**record.metrics, **figures})
