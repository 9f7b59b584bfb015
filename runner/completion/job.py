"""Describe what a process of its own makes of an h5 file, and what came of it."""

from pathlib import Path

from pydantic import BaseModel

from runner.settings import Settings
from runner.settings.targets import Target


class Job(BaseModel):
    """Files to make of a stored h5 file.

    Attributes:
        settings: of the run that has the file.
        data_digest: what identifies the images that it was made with.
        h5: the file.
        dense: the h5 file of the dense model that it was made from.
        targets: the files to make.
        reference: the baseline's run id, the zipped bytes of its h5 file and its test accuracy.
        dense_correct: table of the images that the baseline's files classify right; empty where
            the run is the baseline, or nobody knows.
        labels: what the outputs stand for, as the run says.
        tables: the run's tables, by name.
        folder: where the files are written.
    """

    settings: Settings
    data_digest: str
    h5: Path
    dense: Path
    targets: list[Target]
    reference: tuple[str, float, float]
    dense_correct: str
    labels: list[str]
    tables: dict[str, str]
    folder: Path


class Answer(BaseModel):
    """What came of a job.

    Attributes:
        files: that were made and measured.
        metrics: of these files.
        texts: the run's tables with these files, and tables of the files themselves.
        reason: why others were not made; empty where all were.
    """

    files: list[Target] = []
    metrics: dict[str, float] = {}
    texts: dict[str, str] = {}
    reason: str = ""
