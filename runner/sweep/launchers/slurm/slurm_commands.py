"""Ask Slurm by its own commands how jobs go, and end them."""

import subprocess
from collections.abc import Collection, Sequence

from runner.sweep.launchers.slurm.cluster import Silent
from runner.sweep.launchers.slurm.state import JobState

_SECONDS = 60
# A command line takes no more than so many ids without being too long.
_IDS = 500
_UNKNOWN = "Invalid job id"


def queue(job_ids: Collection[str]) -> dict[str, JobState]:
    """Return how jobs go that Slurm's controller remembers, which is for minutes after their end.

    Raises:
        Silent: the controller does not answer.
    """
    found: dict[str, JobState] = {}
    for ids in _portions(job_ids):
        answer = _ask("squeue", *_EACH, f"--jobs={','.join(ids)}", "--format=%i|%T|%r")
        for line in answer.splitlines():
            job_id, word, reason = line.split("|", 2)
            found[job_id] = JobState(word, reason)
    return found


def accounts(job_ids: Collection[str]) -> dict[str, JobState]:
    """Return how jobs went by the accounting database; empty where the cluster keeps none."""
    found: dict[str, JobState] = {}
    for ids in _portions(job_ids):
        try:
            answer = _ask("sacct", *_PLAIN, f"--jobs={','.join(ids)}", "--format=JobID,State")
        except Silent:
            return {}
        for line in answer.splitlines():
            job_id, _, word = line.partition("|")
            # As in CANCELLED by 1000.
            found[job_id] = JobState(word.split(" ")[0].rstrip("+"))
    return found


def named(name: str) -> list[str]:
    """Return the ids of the jobs of this name, in their order.

    Raises:
        Silent: the controller does not answer.
    """
    ids = _ask("squeue", *_EACH, f"--name={name}", "--format=%i").split()
    return sorted(ids, key=lambda job_id: [int(part) for part in job_id.split("_")])


def cancel(job_ids: Collection[str], *options: str) -> None:
    """End jobs, or those among them that further options of scancel name.

    Raises:
        Silent: the controller does not answer.
    """
    for start in range(0, len(job_ids), _IDS):
        _ask("scancel", "--quiet", *options, *list(job_ids)[start : start + _IDS])


def machines(partition: str | None) -> set[str]:
    """Return the host names of the machines of a partition, or of all partitions.

    Raises:
        Silent: the controller does not answer.
    """
    only = [f"--partition={partition}"] if partition else []
    return set(_ask("sinfo", "--noheader", "--Node", "--format=%n", *only).split())


def largest_array() -> int:
    """Return how many jobs an array may have.

    Raises:
        Silent: the controller does not answer.
    """
    for line in _ask("scontrol", "show", "config").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "MaxArraySize":
            return max(1, int(value) - 1)
    return 1


_EACH = ("--noheader", "--array", "--states=all")
_PLAIN = ("--noheader", "--parsable2", "--allocations")


def _portions(job_ids: Collection[str]) -> list[Sequence[str]]:
    """Divide the ids of whole arrays into portions that a command line takes."""
    arrays = sorted({job_id.partition("_")[0] for job_id in job_ids})
    return [arrays[start : start + _IDS] for start in range(0, len(arrays), _IDS)]


def _ask(*command: str) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Silent(f"{command[0]}: {error}") from None
    if done.returncode and _UNKNOWN not in done.stderr:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Silent(f"{command[0]}: {lines[-1]}")
    return done.stdout
