"""Figures, texts and files go in; an open MLflow run holds them, and is closed with a status."""

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import mlflow
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.numpy_dataset import from_numpy
from mlflow.entities import Dataset as DatasetEntity
from mlflow.entities import DatasetInput, InputTag, Metric, Param

from runner.data import Dataset
from runner.refusal import one_line


class Run:
    """A run that is open for writing."""

    def __init__(self, client: mlflow.MlflowClient, run_id: str) -> None:
        self.id = run_id
        self._client = client

    def log_params(self, values: Mapping[str, str]) -> None:
        """Log the settings that the run was made with, in one call."""
        params = [Param(name, value) for name, value in values.items()]
        self._client.log_batch(self.id, params=params)

    def log_metrics(self, values: Mapping[str, float]) -> None:
        """Log figures that a run has once, in one call."""
        now = _now()
        metrics = [Metric(name, value, now, 0) for name, value in values.items()]
        self._client.log_batch(self.id, metrics=metrics)

    def log_history(self, history: Mapping[str, Sequence[float]]) -> None:
        """Log one value an epoch for each name, counted from 1, in one call."""
        now = _now()
        metrics = [
            Metric(name, value, now, epoch)
            for name, values in history.items()
            for epoch, value in enumerate(values, start=1)
        ]
        self._client.log_batch(self.id, metrics=metrics)

    def log_file(self, path: Path, folder: str | None = None) -> None:
        """Copy a file to the run's artifacts."""
        self._client.log_artifact(self.id, str(path), folder)

    def log_text(self, text: str, name: str) -> None:
        """Write a text as an artifact of that name."""
        self._client.log_text(self.id, text, name)

    def log_inputs(self, data: Dataset, settings: str) -> None:
        """Log what the run is made from: the data, with its digest, and the settings as YAML."""
        self.log_text(settings, "config.yaml")
        splits = {"train": data.train, "validation": data.validation, "test": data.test}
        described = from_numpy(
            {name: split.images for name, split in splits.items()},
            CodeDatasetSource(tags={"runner.source": data.source}),
            {name: split.labels for name, split in splits.items()},
            name=data.name,
            digest=data.digest,
        )
        context = InputTag("mlflow.data.context", "training")
        used = DatasetInput(DatasetEntity(**described.to_dict()), [context])
        self._client.log_inputs(self.id, [used])

    def tag(self, name: str, value: str) -> None:
        """Set a tag."""
        self._client.set_tag(self.id, name, value)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the run by how the block ends: FINISHED, FAILED or KILLED."""
        try:
            yield
        except Exception as error:
            self.tag("runner.error", one_line(error)[:1000])
            self.log_text(traceback.format_exc(), "error.txt")
            self._end("FAILED")
            raise
        except BaseException as stop:
            self.tag("runner.error", f"stopped by {one_line(stop)}")
            self._end("KILLED")
            raise
        self._end("FINISHED")
        self._forget_failure()

    def _forget_failure(self) -> None:
        if "runner.error" in self._client.get_run(self.id).data.tags:
            self._client.delete_tag(self.id, "runner.error")

    def _end(self, status: str) -> None:
        self._client.set_terminated(self.id, status)


def _now() -> int:
    return int(time.time() * 1000)
