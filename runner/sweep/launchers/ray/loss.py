"""Tell from an error of Ray's whether a job or its machine is at fault, in a few words."""

from dataclasses import dataclass

from ray.exceptions import OutOfMemoryError, RayActorError, RayError, RuntimeEnvSetupError

from runner.errors import Refused

# What Ray's texts say of a machine that is gone, or that the cluster has given up.
_MACHINE = ("node has died", "node died", "node was terminated", "drained", "preempted")


@dataclass(frozen=True)
class Loss:
    """Why a process of Ray's ended before its job did.

    Attributes:
        of_the_job: whether the job is to blame, and not its machine.
    """

    text: str
    of_the_job: bool


def explain(error: RayError) -> Loss:
    """Say why a job's process ended.

    Raises:
        Refused: it could not begin there, and no other job could: something is not installed.
    """
    if isinstance(error, OutOfMemoryError):
        return Loss("its process was ended: its machine ran out of memory", of_the_job=True)
    if isinstance(error, RuntimeEnvSetupError) or getattr(error, "actor_init_failed", False):
        raise Refused(f"hydra/launcher=ray: a machine cannot run jobs: {_last_line(error)}")
    if not isinstance(error, RayActorError):
        return Loss(f"broke down: {_last_line(error)}", of_the_job=True)
    text = str(error)
    if any(words in text for words in _MACHINE):
        return Loss("its machine was lost", of_the_job=False)
    return Loss("its process was killed", of_the_job=False)


def _last_line(error: RayError) -> str:
    """Return the line of a text of Ray's that says what went wrong, below the traceback."""
    return str(error).strip().rsplit("\n", 1)[-1].strip()
