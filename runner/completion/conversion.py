"""Make and measure files of stored h5 files, in a process of its own.

That process is `python -m runner.completion.conversion FOLDER`; it reads the jobs from standard
input, and writes the answer to each into the folder as soon as it is there: a converter may end
the process.
"""

import json
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Never

from runner.backend import keras, make_repeatable
from runner.completion.images import load_again
from runner.completion.job import Answer, Job
from runner.data.dataset import Dataset
from runner.errors import RunnerError, one_line
from runner.escaping.spreadsheet import csv_records
from runner.measure.correct_table import read_correct
from runner.measure.measurement import classify
from runner.models.errors import short
from runner.models.file_check import check
from runner.models.outputs import gives_logits, taken_by
from runner.point.context import PointContext
from runner.point.deliver import Delivery, FinishedModel, TargetsFailed
from runner.point.reference import Reference
from runner.prune.sparsity import LayerSparsity, measure_sparsity
from runner.settings.targets import Target
from runner.tracking import Run, Store


def _main() -> None:
    folder = Path(sys.argv[1])
    for number, text in enumerate(json.loads(sys.stdin.read())):
        answer = _answer(Job.model_validate(text))
        (folder / f"{number}.json").write_text(answer.model_dump_json(), encoding="utf-8")


def _answer(job: Job) -> Answer:
    try:
        return convert(job)
    except RunnerError as error:
        return Answer(reason=one_line(error))
    except Exception as error:
        # Keras raises many kinds of errors for a file that is not as it should be.
        return Answer(reason=short(error))


def convert(job: Job) -> Answer:
    """Make and measure the files of one job, as the run's own point would have done.

    Raises:
        RunnerError: the images are gone, or an h5 file holds what may not be loaded.
        Exception: of any kind, from Keras, for a damaged h5 file.
    """
    make_repeatable(job.settings.seed, job.settings.threads)
    data = _data(job)
    dense, model = (_load(path) for path in (job.dense, job.h5))
    run = Run(_open_nothing)
    context = PointContext(
        settings=job.settings, data=data, content="", signature="", fingerprint="", measuring="",
        store=Store("", ""), folder=job.folder,
    )  # fmt: skip
    answers = classify(dense, taken_by(dense, data).test.images, gives_logits(dense))
    delivery = Delivery(context, run, job.folder, answers, _reference(job))
    tables = nullcontext(lambda name: job.tables.get(name, ""))
    reason = ""
    try:
        delivery.deliver(FinishedModel(model, _layers(job, model)), job.targets, tables)
    except TargetsFailed as failure:
        reason = one_line(failure)
    return _collected(run, job, reason)


def _reference(job: Job) -> Reference:
    return Reference(*job.reference, correct=read_correct(job.dense_correct).get(Target.H5))


def _data(job: Job) -> Dataset:
    data = load_again(job.settings, job.data_digest)
    if job.settings.dataset.scale_in_file:
        # The h5 file does it already.
        data = data.in_pixels()
    named = job.settings.architecture.labels is not None
    return replace(data, model_classes=tuple(job.labels) if named and job.labels else None)


def _load(path: Path) -> keras.Model:
    # Whoever can write into a store can put a program into a file there.
    check(path, trust=False)
    return keras.models.load_model(str(path), compile=False)


def _layers(job: Job, model: keras.Model) -> tuple[LayerSparsity, ...]:
    """Count the zeros of each weight, beside the share that was asked for, as the run says."""
    asked = {
        line["layer"]: float(line["asked"])
        for line in csv_records(job.tables.get("layers.csv", ""))
        if line.get("asked")
    }
    return measure_sparsity(model, asked)


def _collected(run: Run, job: Job, reason: str) -> Answer:
    notes = run.everything
    metrics = {name: value for name, value, *_ in notes.metrics}
    files = [target for target in job.targets if f"zip_bytes/{target}" in metrics]
    return Answer(files=files, metrics=metrics, texts=notes.texts, reason=reason)


def _open_nothing() -> Never:
    raise RuntimeError("what is logged here goes into the answer, not to a store")


if __name__ == "__main__":
    _main()
