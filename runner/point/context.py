"""Hold what every step in the life of a point needs, made once from its settings."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from runner.data.dataset import Dataset, load
from runner.models.class_names import class_names
from runner.planning.fingerprint import baseline_signature, fingerprint, measuring_digest
from runner.planning.request import content
from runner.settings import Settings
from runner.tracking import Record, Store


@dataclass(frozen=True)
class PointContext:
    """A point before anything is computed.

    Attributes:
        settings: what was asked for.
        data: the images, in three splits.
        content: identifies the user's own model; empty for a shipped one.
        signature: identifies the baseline that the point starts from.
        fingerprint: identifies the point.
        measuring: identifies the code and the settings that the baseline's figures come from.
        store: where runs are logged.
        folder: where files are written.
    """

    settings: Settings
    data: Dataset
    content: str
    signature: str
    fingerprint: str
    measuring: str
    store: Store
    folder: Path

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> "PointContext":
        """Load the images and identify the point; the store is not connected to yet.

        Raises:
            Refused: the images cannot be loaded.
        """
        data = load(settings.dataset, settings.cache.folder)
        return cls(
            settings=settings,
            data=replace(
                data,
                augment=settings.augment,
                model_classes=class_names(settings.architecture),
            ),
            content=content(settings.architecture),
            signature=baseline_signature(settings, data.digest),
            fingerprint=fingerprint(settings, data.digest),
            measuring=measuring_digest(settings),
            store=Store(settings.tracking.uri, settings.tracking.experiment),
            folder=folder,
        )

    @cached_property
    def name(self) -> str:
        """What people call the point: as its sweep does, else by its schedule."""
        if self.settings.sweep.point:
            return self.settings.sweep.point
        schedule, compress = self.settings.schedule, self.settings.compress.name
        growth = f"{schedule.initial_sparsity:g} to {schedule.final_sparsity:g}"
        epochs = f"{schedule.epochs} epoch{'' if schedule.epochs == 1 else 's'}"
        stages = "" if compress == "none" else f", {compress}"
        return f"{self._network} {growth} in {epochs}{stages}"

    @property
    def _network(self) -> str:
        label, channels = self.settings.architecture.label, self.settings.channels
        if not channels.removes:
            return label
        share = f"{channels.share:g}" if channels.share else "some"
        return f"{label} without {share} of its channels"

    @property
    def baseline_folder(self) -> Path:
        """Where the files of the baseline are written: a job that is only that has no others."""
        alone = self.settings.sweep.job != "point"
        return self.folder if alone else self.folder / "baseline"

    def baseline_record(self) -> Record | None:
        """Find the run that holds the baseline's figures, if there is one.

        Raises:
            StoreFailed: the store does not answer.
        """
        return self.store.baseline(self.signature, self.measuring)
