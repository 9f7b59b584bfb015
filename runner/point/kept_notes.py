"""Describe the notes of a finished point in the cache: nothing but what a point logs.

The cache is not trusted. Parameters and settings are not kept at all: whoever reads the notes has
them.
"""

import math
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from runner.point import drop_figures
from runner.settings.targets import Target
from runner.tracking import Notes
from runner.tracking.tags import BASELINE_RUN_ID, CPU

_TARGETS = "|".join(Target)
# Figures that every file has, and those of some.
OF_A_FILE = (
    *("size_bytes", "zip_bytes", "zip_ratio", "accuracy", "validation_accuracy"),
    *("accuracy_drop", "agreement"),
)
# Of a file of which its baseline tells which images it classifies right.
_OF_DROPS = "|".join(drop_figures.NAMES)
_OF_SOME = (
    *("latency_ms", "latency_p90_ms", "runs_on_tflm", "tflm_arena_bytes", "tflm_agreement"),
    *(r"own/[\w.-]{1,60}", r"ethos_u\w+_(?:cycles|flash_bytes|sram_bytes)"),
    *("litert_arena_bytes", "zstd_bytes"),
)
# Metrics that the table of devices has too.
OF_A_DEVICE = re.compile(rf"(?:{'|'.join(_OF_SOME)})/(?:{_TARGETS})|macs")
_BY_EPOCH = re.compile(
    "epoch_sparsity|(?:(?:channels|cluster|qat)/)?(?:loss|train_accuracy|val_loss|val_accuracy)"
)
_METRIC = re.compile(
    rf"(?:{'|'.join(OF_A_FILE)}|{_OF_DROPS})/(?:{_TARGETS})|{OF_A_DEVICE.pattern}"
    rf"|{_BY_EPOCH.pattern}"
    r"|sparsity|sparsity_error|parameters|channels_kept|seconds/(?:training|total)"
)
_TEXT = re.compile(
    rf"(?:summary\.txt|(?:channels|stages|layers|classes|correct|devices)\.csv|confusion/(?:{_TARGETS})\.csv)"
)
_FILE = re.compile(
    rf"models/(?:labels\.txt|h5\.h5|(?:{_TARGETS})\.tflite)"
    r"|tensorboard/(?:train|validation|metrics)/events\.out\.tfevents\.[\w.-]+"
)


def _matching(pattern: re.Pattern[str]) -> AfterValidator:
    def check(name: str) -> str:
        if not pattern.fullmatch(name) or ".." in name:
            raise ValueError("no point logs that")
        return name

    return AfterValidator(check)


_Count = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class KeptFile(_Strict):
    """A file beside the notes.

    Attributes:
        name: its name among the artifacts, and below the folder of the files.
        size_bytes: its size.
        sha256: its digest.
    """

    name: Annotated[str, _matching(_FILE)]
    size_bytes: _Count
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class KeptMetric(_Strict):
    """A value of a metric, when it was taken in milliseconds since 1970, and its epoch."""

    name: Annotated[str, _matching(_METRIC)]
    value: float
    timestamp: _Count
    step: _Count

    @model_validator(mode="after")
    def _is_a_number(self) -> Self:
        # Training ends where its own loss is not a number, and only there.
        if not math.isfinite(self.value) and not self.name.endswith("val_loss"):
            raise ValueError("is no finite number")
        return self


class KeptNotes(_Strict):
    """All that a point logs beside its settings."""

    baseline_run_id: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    cpu: Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,500}$")] | None
    metrics: tuple[KeptMetric, ...]
    texts: dict[Annotated[str, _matching(_TEXT)], str]
    files: tuple[KeptFile, ...]
    version: Literal[1] = 1

    @classmethod
    def of(cls, notes: Notes, files: Sequence[KeptFile]) -> Self:
        """Take what is kept of the notes of a point."""
        return cls(
            baseline_run_id=notes.tags[BASELINE_RUN_ID],
            cpu=notes.tags.get(CPU),
            metrics=tuple(
                KeptMetric(name=name, value=value, timestamp=timestamp, step=step)
                for name, value, timestamp, step in notes.metrics
            ),
            texts={name: text for name, text in notes.texts.items() if _TEXT.fullmatch(name)},
            files=tuple(files),
        )

    def as_notes(self, folder: str) -> Notes:
        """Return notes as a run sends them.

        Args:
            folder: where the files lie, by their names.
        """
        cpu = {CPU: self.cpu} if self.cpu else {}
        return Notes(
            tags={BASELINE_RUN_ID: self.baseline_run_id, **cpu},
            metrics=[(each.name, each.value, each.timestamp, each.step) for each in self.metrics],
            texts=dict(self.texts),
            files=[
                (f"{folder}/{file.name}", PurePosixPath(file.name).parent.as_posix())
                for file in self.files
            ],
        )

    def require_whole(self, targets: Sequence[Target]) -> None:
        """Require the files and figures of these targets, and of no others.

        Raises:
            ValueError: some are missing, or too many.
        """
        wanted = {"models/labels.txt", *(f"models/{target.file_name}" for target in targets)}
        names = {file.name for file in self.files if file.name.startswith("models/")}
        figures = {name for name in self.figures() if name.rpartition("/")[2] in (*Target,)}
        missing = {f"{name}/{target}" for name in OF_A_FILE for target in targets} - figures
        others = {name for name in figures if name.rpartition("/")[2] not in targets}
        wrong = sorted((names ^ wanted) | missing | others)
        if wrong:
            raise ValueError(f"its files or figures are not those of the point: {wrong[0]}")

    def figures(self) -> dict[str, float]:
        """Return the metrics that a point has once.

        Raises:
            ValueError: one of them has several values.
        """
        figures: dict[str, float] = {}
        for each in self.metrics:
            # MLflow shows the value of the last step: a figure of one value has no other.
            if bool(_BY_EPOCH.fullmatch(each.name)) != bool(each.step):
                raise ValueError(f"{each.name} has a value of step {each.step}")
            if not each.step and each.name in figures:
                raise ValueError(f"{each.name} has two values")
            if not each.step:
                figures[each.name] = each.value
        return figures
