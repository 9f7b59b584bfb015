"""What the launcher for Slurm makes of files, of words of Slurm's, and of settings."""

import json
import sys
from pathlib import Path

import pytest
from hydra.core.utils import JobReturn

from runner.sweep.launchers.messages import (
    EpochEnded,
    JobPlaced,
    MachineLost,
    Message,
    WarningText,
)
from runner.sweep.launchers.slurm.batch import Batch, Unusable
from runner.sweep.launchers.slurm.message_file import MessageFile
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.watched_job import WatchedJob
from tests.helpers.project import Command

OPTIONS = Options(None, 30, 1, 0, 2.0, (), 4, {})


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WatchedJob:
    """A job that has just been submitted; nothing is waited for."""
    for name in ("_LATE_SECONDS", "_SOON_SECONDS"):
        monkeypatch.setattr(f"runner.sweep.launchers.slurm.watched_job.{name}", 0.0)
    batch = Batch.begin(tmp_path, "slurm", ["a"]).submitted(["7"])
    (Path(batch.folder) / "7_0_log.out").write_text("slurmstepd: the last words\n")
    return WatchedJob(("x=1",), batch, 0, OPTIONS)


def _says(job: WatchedJob, *messages: Message) -> None:
    for message in messages:
        MessageFile(job.batch.messages(0)).send(message)


def test_a_file_of_messages_is_read_line_by_line_while_it_is_written(tmp_path: Path) -> None:
    written, read = MessageFile(tmp_path / "m"), MessageFile(tmp_path / "m")
    assert list(read.new()) == []
    written.send(JobPlaced("node1"))
    with (tmp_path / "m").open("a") as file:
        file.write('no message\n{"EpochEnded": {"done": 1')
        file.flush()
        assert list(read.new()) == [JobPlaced("node1")]
        file.write(', "total": 2}}\n')
    assert list(read.new()) == [EpochEnded(1, 2)]
    assert list(read.new()) == []


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("TIMEOUT", "took longer than hydra.launcher.time_minutes=30"),
        ("OUT_OF_MEMORY", "out of memory: it took more than hydra.launcher.memory=2 GB"),
        ("CANCELLED", "Slurm's job 7 was cancelled"),
        ("FAILED", "Slurm's job 7 ended as FAILED (NonZeroExitCode), without a result"),
        ("COMPLETED", "Slurm's job 7 ended without a result"),
        ("", "Slurm does not know its job 7 any more, and it has left no result"),
    ],
)
def test_each_end_without_a_result_has_its_words(job: WatchedJob, word: str, reason: str) -> None:
    (ended,) = job.news(JobState(word, "NonZeroExitCode" if word == "FAILED" else ""))
    assert isinstance(ended, JobReturn)
    assert str(ended._return_value) == reason
    assert "the last words" in ended._return_value.__notes__[0]


@pytest.mark.parametrize(
    ("word", "counts"), [("NODE_FAIL", True), ("BOOT_FAIL", True), ("PREEMPTED", False)]
)
def test_a_lost_machine_is_no_fault_of_the_job(job: WatchedJob, word: str, counts: bool) -> None:
    (lost,) = job.news(JobState(word))
    assert isinstance(lost, MachineLost)
    assert lost.counts is counts
    assert job.over


def test_a_job_that_is_queued_again_goes_on_under_its_id(job: WatchedJob) -> None:
    _says(job, JobPlaced("node1"))
    assert list(job.news(JobState("RUNNING"))) == [JobPlaced("node1")]
    (queued,) = job.news(JobState("PENDING", "BeginTime"))
    assert isinstance(queued, MachineLost)
    assert (queued.counts, job.over) == (False, False)
    assert list(job.news(JobState("PENDING", "BeginTime"))) == []
    _says(job, JobPlaced("node2"))
    assert list(job.news(JobState("RUNNING"))) == [JobPlaced("node2")]


def test_what_began_anew_while_nobody_looked_is_not_taken_for_lost(job: WatchedJob) -> None:
    """Its run in the store is that of the second beginning, and must stay open."""
    _says(job, JobPlaced("node1"), JobPlaced("node2"))
    first, again = job.news(JobState("RUNNING"))
    assert first == JobPlaced("node1")
    assert again == WarningText("Slurm has begun it anew on node2")


def test_what_keeps_a_job_waiting_for_somebody_is_said_once(job: WatchedJob) -> None:
    assert list(job.news(JobState("PENDING", "Priority"))) == []
    held = JobState("PENDING", "JobHeldAdmin")
    assert list(job.news(held)) == [WarningText("Slurm's job 7 waits: JobHeldAdmin")]
    assert list(job.news(held)) == []


def test_a_folder_that_no_machine_wrote_into_is_asked_about(job: WatchedJob) -> None:
    (Path(job.batch.folder) / "7_0_log.out").unlink()
    (ended,) = job.news(JobState("FAILED"))
    assert isinstance(ended, JobReturn)
    assert "do all machines see that folder?" in str(ended._return_value)


def test_jobs_are_read_only_from_folders_that_nobody_else_writes_into(job: WatchedJob) -> None:
    folder = Path(job.batch.folder)
    assert Batch.read(folder) == job.batch
    folder.chmod(0o777)
    with pytest.raises(Unusable, match="others can write there"):
        Batch.read(folder)
    folder.chmod(0o700)
    (folder / "jobs.json").write_text(json.dumps({"keys": 5}))
    with pytest.raises(Unusable, match="does not say which jobs"):
        Batch.read(folder)


@pytest.mark.parametrize(
    ("setting", "refusal"),
    [
        ("time_minutes=0", "time_minutes=0: must be a whole number of at least 1, or null"),
        ("extra={mem: 4G}", "extra.mem=4G: must be given as hydra.launcher.memory"),
        ("extra={array: 3}", "extra.array=3: must be left out: the runner itself fills it in"),
        ("njobs=2", "njobs: no such setting; hydra.launcher has cluster, partition, time_minutes"),
        ("cluster=pbs", "cluster=pbs: must be slurm or local"),
    ],
)
def test_settings_are_refused_by_name(light_command: Command, setting: str, refusal: str) -> None:
    done = light_command(
        "-m", "seed=1,2", "hydra/launcher=slurm", f"hydra.launcher.{setting}",
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"runner: hydra.launcher.{refusal}")
    assert done.stderr.count("\n") == 1


def test_without_submitit_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tool_in: Command, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)
    done = tool_in(tmp_path, "__main__", "-m", "seed=1,2", "hydra/launcher=slurm")
    assert (done.returncode, done.stderr) == (
        2,
        "runner: hydra/launcher=slurm: needs the package submitit; this installs it: "
        "python -m pip install 'pruning-sweep-runner[slurm]'\n",
    )
