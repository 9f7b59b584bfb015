"""Collect what a run logs, to send it to MLflow together."""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlflow.entities import Dataset as DatasetEntity
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.utils import chunk_list

from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.failure_reason import is_missing
from runner.tracking.lengths import PARAMETER, SHORTER, TAG, cut, is_too_long
from runner.tracking.temporary_folder import temporary_folder

# How metrics begin that a file has once everything else of it is in the store.
COMPLETE = "zip_bytes/"
log = logging.getLogger(__name__)

# Metrics in one call; MLflow takes 1000.
_BATCH = 900
# What PostgreSQL, SQLite and MySQL say of a row that is there already, and how often to ask again.
_COLLISION = re.compile("UniqueViolation|UNIQUE constraint|Duplicate entry")
_ATTEMPTS = 5


@dataclass
class Notes:
    """What a run logs, in plain values."""

    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[tuple[str, float, int, int]] = field(default_factory=list)
    files: list[tuple[str, str | None]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    inputs: list[dict[str, str]] = field(default_factory=list)

    def add_metrics(self, values: Mapping[str, float]) -> None:
        """Add figures that a run has once; one of the same name is replaced."""
        self.metrics = [metric for metric in self.metrics if metric[0] not in values]
        self.add_history({name: [value] for name, value in values.items()}, first=0)

    def add_history(self, history: Mapping[str, Sequence[float]], first: int = 1) -> None:
        """Add one value an epoch for each name, with epochs counted from `first`."""
        now = int(time.time() * 1000)
        self.metrics += [
            (name, float(value), now, step)
            for name, values in history.items()
            for step, value in enumerate(values, start=first)
        ]

    def plus(self, later: "Notes") -> "Notes":
        """Return these notes followed by later ones."""
        return Notes(
            params=self.params | later.params,
            tags=self.tags | later.tags,
            metrics=self.metrics + later.metrics,
            files=self.files + later.files,
            texts=self.texts | later.texts,
            inputs=self.inputs + later.inputs,
        )

    def send(self, client: Connection, run_id: str) -> None:
        """Send everything; what arrives twice, after a failure half way, changes nothing.

        Files go first, and the figures that say that a file is there go last: whoever finds them
        finds all the rest, wherever the sending was cut short.

        Raises:
            StoreFailed: the store does not take it.
        """
        if self.texts:
            self._send_texts(client, run_id)
        for path, folder in self.files:
            client.log_artifact(run_id, path, folder)
        if self.inputs:
            self._send_inputs(client, run_id)
        # MLflow's compare page begins with the metric that was logged first.
        ordered = sorted(self.metrics, key=lambda metric: not metric[0].startswith("accuracy/"))
        figures = [Metric(*metric) for metric in ordered if not _completes(metric[0])]
        if figures or self.params or self.tags:
            self._send_with_texts(client, run_id, figures[:_BATCH])
        for batch in chunk_list(figures[_BATCH:], _BATCH):
            client.log_batch(run_id, metrics=batch)
        for batch in chunk_list([Metric(*each) for each in ordered if _completes(each[0])], _BATCH):
            client.log_batch(run_id, metrics=batch)

    def _send_with_texts(self, client: Connection, run_id: str, figures: list[Metric]) -> None:
        """Send figures with the parameters and tags, cut to what the store takes."""
        for param, tag in ((PARAMETER, TAG), *SHORTER):
            params = [Param(name, cut(value, param)) for name, value in self.params.items()]
            tags = [RunTag(name, cut(value, tag)) for name, value in self.tags.items()]
            try:
                client.log_batch(run_id, metrics=figures, params=params, tags=tags)
            except StoreFailed as failure:
                if not is_too_long(failure) or param == SHORTER[-1][0]:
                    raise
            else:
                return

    def _send_inputs(self, client: Connection, run_id: str) -> None:
        inputs = [_dataset_input(dataset) for dataset in self.inputs]
        for attempt in range(_ATTEMPTS):
            try:
                client.log_inputs(run_id, inputs)
            except StoreFailed as failure:
                # For people to look at: what identifies a point covers its data.
                if is_missing(failure):
                    log.warning("data sets are not recorded: the server is older than MLflow 2.4")
                # MLflow looks whether a data set is there, and then adds it: of two processes that
                # do so at once, one is told that it is there. It is, the next time.
                elif attempt + 1 < _ATTEMPTS and _COLLISION.search(str(failure.__cause__)):
                    continue
                else:
                    raise
            return

    def _send_texts(self, client: Connection, run_id: str) -> None:
        # Together: MLflow looks the run up for each call.
        with temporary_folder() as folder:
            for name, text in self.texts.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            client.log_artifacts(run_id, str(folder))


def _completes(metric: str) -> bool:
    """Tell whether a metric says that everything else of its file is there."""
    return metric.startswith(COMPLETE)


def _dataset_input(dataset: dict[str, str]) -> DatasetInput:
    context = InputTag("mlflow.data.context", "training")
    return DatasetInput(DatasetEntity(**dataset), [context])
