"""Make files of the h5 files of stored runs, each with TensorFlow in a process of its own."""

import itertools
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.completion.addition import Addition
from runner.completion.incomplete import Incomplete
from runner.completion.job import Answer, Job
from runner.completion.stored_run import StoredRun
from runner.device.table import TABLE, read_devices
from runner.measure import correct_table
from runner.process import isolated
from runner.process.memory import total_bytes
from runner.settings.targets import Target

_TABLES = ("layers.csv", "classes.csv", correct_table.TABLE, TABLE)
# A large network on a slow machine takes some minutes a file.
_SECONDS = 30 * 60
# What TensorFlow takes, and copies of the model that a conversion makes.
_MEMORY, _COPIES, _SHARE = 8 * 2**30, 16, 0.9


@dataclass(frozen=True)
class _Asked:
    addition: Addition
    job: Job


def make_from_h5(wanted: Sequence[tuple[Addition, Sequence[Target]]]) -> None:
    """Make and measure files, and put them into the additions; what cannot be made says why.

    Raises:
        StoreFailed: the store does not answer.
    """
    asked = [each for addition, targets in wanted for each in _asked(addition, targets)]
    # TensorFlow takes the number of its threads once a process.
    asked.sort(key=lambda each: each.job.settings.threads)
    for _, group in itertools.groupby(asked, key=lambda each: each.job.settings.threads):
        _run_all(list(group))


def _asked(addition: Addition, targets: Sequence[Target]) -> Iterator[_Asked]:
    if not targets:
        return
    run = addition.run
    try:
        if not run.record.has_file(Target.H5):
            raise Incomplete("it has no h5 file")
        yield _Asked(addition, _job(addition, targets))
    except Incomplete as reason:
        addition.leave_out(targets, str(reason))


def _job(addition: Addition, targets: Sequence[Target]) -> Job:
    run, figures = addition.run, addition.run.baseline.metrics
    h5 = run.fetch(Target.H5, addition.folder)
    dense = h5 if run.is_baseline else run.fetch_dense(addition.folder / "dense")
    reference = (run.baseline.id, figures["zip_bytes/h5"], figures["accuracy/h5"])
    return Job(
        settings=run.settings,
        data_digest=run.data_digest,
        h5=h5,
        dense=dense,
        targets=list(targets),
        reference=reference,
        dense_correct=_dense_correct(run),
        labels=run.text("models/labels.txt").splitlines(),
        tables={name: run.text(name) for name in _TABLES},
        folder=addition.folder / "made",
    )


def _dense_correct(run: StoredRun) -> str:
    """Return the table of images that the baseline's files classify right, for other runs."""
    if run.is_baseline:
        return ""
    text = run.dense_text(correct_table.TABLE)
    return correct_table.correct_csv(correct_table.correct_of_run(text, run.baseline.metrics))


def _run_all(asked: Sequence[_Asked]) -> None:
    """Run all jobs in one process, and where it ends early, those after it in another one."""
    while asked:
        with tempfile.TemporaryDirectory() as folder:
            answers, reason = _run(asked, Path(folder))
        for number, each in enumerate(asked[: len(answers) + bool(reason)]):
            _take(each, answers.get(number, Answer(reason=reason)))
        asked = asked[len(answers) + bool(reason) :]


def _run(asked: Sequence[_Asked], folder: Path) -> tuple[Mapping[int, Answer], str]:
    """Return the answers by their number, and why the first job without one has none."""
    text = json.dumps([each.job.model_dump(mode="json") for each in asked])
    reason = ""
    try:
        process = isolated.run(
            "runner.completion.conversion",
            str(folder),
            stdin=text,
            environment={"CUDA_VISIBLE_DEVICES": "-1"},
            limits=_limits(asked),
        )
        if process.returncode:
            reason = f"its process ended with code {process.returncode}"
    except isolated.Exhausted as exhausted:
        reason = f"making it {exhausted}"
    answers = {
        number: Answer.model_validate_json(path.read_text(encoding="utf-8"))
        for number in range(len(asked))
        if (path := folder / f"{number}.json").is_file()
    }
    unanswered = len(answers) < len(asked)
    return answers, (reason or "its process gave no answer") if unanswered else ""


def _limits(asked: Sequence[_Asked]) -> isolated.Limits:
    largest = max(each.job.h5.stat().st_size for each in asked)
    memory = min(_MEMORY + _COPIES * largest, int(_SHARE * total_bytes()))
    return isolated.Limits(memory, _SECONDS * len(asked))


def _take(asked: _Asked, answer: Answer) -> None:
    addition, job = asked.addition, asked.job
    addition.made |= {target: job.folder / target.file_name for target in answer.files}
    addition.metrics |= answer.metrics
    addition.texts |= {name: text for name, text in answer.texts.items() if name != TABLE}
    addition.add_rows(read_devices(answer.texts.get(TABLE, "")))
    failed = [target for target in job.targets if target not in answer.files]
    if failed:
        addition.leave_out(failed, answer.reason)
