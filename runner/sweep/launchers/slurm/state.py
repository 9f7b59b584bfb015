"""Tell what the words mean by which Slurm says how a job goes."""

from dataclasses import dataclass

_WAITS = {
    *("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD"),
    "SPECIAL_EXIT",
}
# A job that is completing may be about to be queued again.
_RUNS = {
    *("RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"),
    "REVOKED",
}
_LOST_MACHINES = {
    "NODE_FAIL": "its machine failed",
    "BOOT_FAIL": "its machine did not start",
    "LAUNCH_FAILED": "its machine could not begin it",
}
# What a job waits for as a matter of course, and what another event has yet to decide.
_USUAL = {
    *("", "None", "Resources", "Priority", "BeginTime", "JobArrayTaskLimit", "Dependency"),
    *("Prolog", "Cleaning", "QOSGrpCpuLimit", "QOSMaxCpuPerUserLimit", "QOSMaxJobsPerUserLimit"),
    *("AssocMaxJobsLimit", "AssocGrpCpuLimit", "QOSMaxGRESPerUser", "QOSGrpGRES"),
}


@dataclass(frozen=True)
class JobState:
    """How a job goes.

    Attributes:
        word: Slurm's own, as in PENDING; empty where Slurm does not know the job any more.
        reason: why it waits or has ended, in Slurm's word.
    """

    word: str
    reason: str = ""

    @property
    def waits(self) -> bool:
        """Whether it waits for its turn, the first time or again."""
        return self.word in _WAITS

    @property
    def ended(self) -> bool:
        """Whether it neither waits nor runs."""
        return self.word not in _WAITS | _RUNS

    @property
    def obstacle(self) -> str:
        """What keeps it waiting that may need somebody to act; empty for the usual reasons."""
        return self.reason if self.waits and self.reason not in _USUAL else ""

    @property
    def lost_machine(self) -> str:
        """What happened to its machine, where that has ended it; else empty."""
        return _LOST_MACHINES.get(self.word, "")

    @property
    def preempted(self) -> bool:
        """Whether it was ended to make room for others."""
        return self.word == "PREEMPTED"
