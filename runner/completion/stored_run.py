"""Read what a finished run holds: its settings, its images, its files and its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from runner.completion.incomplete import Incomplete
from runner.device.table import DeviceRow
from runner.errors import RunnerError, one_line
from runner.results.device_rows import device_rows
from runner.settings import Settings
from runner.settings.load import refusal
from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.inputs import data_digest
from runner.tracking.tags import SETTINGS
from runner.tracking.texts import read_text

# Where its runs are kept is known, and the address hides a password. What was measured of its files
# for which devices is in its tables: here other devices are asked for, with other budgets.
_NOT_NEEDED = ("tracking", "sweep", "device", "devices", "measure")


@dataclass(frozen=True)
class StoredRun:
    """A point or a baseline in the store.

    Attributes:
        baseline: the run that its files are compared with, which is itself for a baseline.
    """

    store: Store
    record: Record
    baseline: Record

    @property
    def name(self) -> str:
        """What people call it."""
        return self.record.name

    @property
    def is_baseline(self) -> bool:
        """Whether it is the run of a dense model."""
        return self.record.id == self.baseline.id

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets that it has files of."""
        return tuple(target for target in Target if self.record.has_file(target))

    @cached_property
    def settings(self) -> Settings:
        """The settings that its files were made with; nothing is measured by them.

        Raises:
            Incomplete: they are not there, or those of another version.
            StoreFailed: the store does not answer.
        """
        text = read_text(self.store, self.record, SETTINGS)
        if not text:
            raise Incomplete("its config.yaml is gone")
        try:
            values: dict[str, Any] = yaml.safe_load(text)
            kept = {name: value for name, value in values.items() if name not in _NOT_NEEDED}
            return Settings.model_validate(kept)
        except ValidationError as error:
            reason = refusal(error, Settings)
            raise Incomplete(f"its config.yaml is of another version ({reason})") from None
        except (yaml.YAMLError, AttributeError, RunnerError) as error:
            raise Incomplete(f"its config.yaml cannot be read ({one_line(error)})") from None

    @cached_property
    def data_digest(self) -> str:
        """What identifies the images that it was made with."""
        return data_digest(self.store, self.record)

    @cached_property
    def device_rows(self) -> Sequence[DeviceRow]:
        """What devices make of its files, as far as it was measured."""
        return device_rows(self.store, self.record)

    def text(self, artifact: str) -> str:
        """Read a text; empty where it has none of that name.

        Raises:
            StoreFailed: the store does not answer.
        """
        return read_text(self.store, self.record, artifact)

    def dense_text(self, artifact: str) -> str:
        """Read a text of the dense model's run; empty where it has none of that name.

        Raises:
            StoreFailed: the store does not answer.
        """
        return read_text(self.store, self.baseline, artifact)

    def fetch(self, target: Target, folder: Path) -> Path:
        """Return a file of it on this machine.

        Raises:
            StoreFailed: the store does not answer, or no longer has the file.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return self.store.fetch(self.record, f"models/{target.file_name}", folder)

    def fetch_dense(self, folder: Path) -> Path:
        """Return the h5 file of the dense model that it was made from.

        Raises:
            StoreFailed: the store does not answer, or no longer has the file.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return self.store.fetch(self.baseline, f"models/{Target.H5.file_name}", folder)
