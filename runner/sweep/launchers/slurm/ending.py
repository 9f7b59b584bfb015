"""Say why a job of Slurm's ended without a result."""

from pathlib import Path

from hydra.core.utils import JobReturn, JobStatus

from runner.point.outcome import Lost
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState

# How much of what a job printed is quoted.
_CHARACTERS = 4000
_LIMIT = "the cluster allows; hydra.launcher.time_minutes asks for more"


def words(state: JobState, job_id: str, options: Options) -> str:
    """Say it in a few words, with the setting that it may be about."""
    minutes, memory = options.time_minutes, options.memory
    limit = f"hydra.launcher.time_minutes={minutes}" if minutes else _LIMIT
    room = f"{memory:g} GB" if memory else "null, which is the cluster's own limit"
    job = f"Slurm's job {job_id}"
    known = {
        "TIMEOUT": f"took longer than {limit}",
        "DEADLINE": f"{job} was ended at its deadline",
        "OUT_OF_MEMORY": f"out of memory: it took more than hydra.launcher.memory={room}",
        "CANCELLED": f"{job} was cancelled",
        "COMPLETED": f"{job} ended without a result",
        "": f"Slurm does not know its job {job_id} any more, and it has left no result",
    }
    detail = f" ({state.reason})" if state.reason not in {"", "None"} else ""
    return known.get(state.word, f"{job} ended as {state.word}{detail}, without a result")


def lost(overrides: tuple[str, ...], why: str, *outputs: Path) -> JobReturn:
    """Make the result of a job that left none; the ends of what it printed go with it."""
    error = Lost(why)
    for output in outputs:
        error.add_note(_end_of(output))
    failed = JobReturn(overrides=list(overrides), status=JobStatus.FAILED)
    failed._return_value = error
    return failed


def _end_of(output: Path) -> str:
    try:
        text = output.read_text(errors="replace", encoding="utf-8")
    except OSError as error:
        return f"{output}: {error.strerror}"
    return f"{output}:\n{text[-_CHARACTERS:]}"
