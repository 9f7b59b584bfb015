"""Run a real Slurm of one node on this machine, in a folder and at ports of its own."""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.helpers.hanging import wait_until
from tests.helpers.processes import end_tree, free_port

_DAEMONS = ("munged", "slurmctld", "slurmd")
# Where Debian keeps them, which is on the search path of root only.
_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
# More processors than there are: what waits for one here would test Slurm, not what it is given.
_CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MpiDefault=none
ReturnToService=2
KillWait=2
MaxArraySize=5
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 Port={node} CPUs=8 RealMemory=8000
PartitionName=work Nodes=node Default=YES MaxTime=INFINITE PriorityTier=1 State=UP
PartitionName=urgent Nodes=node MaxTime=INFINITE PriorityTier=10 State=UP
"""


def require_slurm() -> None:
    """Skip the test where Slurm is not installed."""
    missing = [name for name in (*_DAEMONS, "sbatch") if not shutil.which(name, path=_PATH)]
    if missing:
        pytest.skip(f"needs {missing[0]}, of Debian's packages slurm-wlm and munge")


@dataclass
class Slurm:
    """A controller and one node."""

    folder: Path
    _running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads Slurm's commands here."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": _PATH}

    def start(self) -> None:
        """Start the daemons, and wait until the node takes jobs."""
        munge = self.folder / "munge"
        for part in (munge, self.folder / "state", self.folder / "spool"):
            part.mkdir(mode=0o755, parents=True)
        (munge / "key").write_bytes(secrets.token_bytes(1024))
        (munge / "key").chmod(0o600)
        own = {name: f"--{name}-file={munge / name}" for name in ("key", "pid", "log", "seed")}
        self._daemon("munged", "--foreground", "--force", f"--socket={munge}/socket", *own.values())
        wait_until((munge / "socket").exists, "munged")
        conf = self.folder / "slurm.conf"
        host, user = socket.gethostname(), getpass.getuser()
        ports = {"controller": free_port(), "node": free_port()}
        conf.write_text(_CONF.format(folder=self.folder, host=host, user=user, **ports))
        self._daemon("slurmctld", "-D", "-f", str(conf))
        self._daemon("slurmd", "-D", "-N", "node", "-f", str(conf))
        wait_until(lambda: self.ask("sinfo", "-h", "-o", "%t") == "idle", "Slurm's node")

    def stop(self) -> None:
        """End the daemons, and what they have started."""
        for daemon in reversed(self._running):
            end_tree(daemon)
        # Slurm's node leaves what runs a job's steps to the system.
        for process in psutil.process_iter(["name", "environ"]):
            theirs = (process.info["environ"] or {}).get("SLURM_CONF")
            if theirs == str(self.folder / "slurm.conf"):
                process.kill()

    def ask(self, *command: str) -> str:
        """Run a command of Slurm's, and return what it printed."""
        done = subprocess.run(
            command,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def jobs(self) -> dict[str, str]:
        """Return the states of the jobs that have not ended, by their ids."""
        lines = self.ask("squeue", "--noheader", "--array", "--format=%i %T").splitlines()
        states = {job_id: state for job_id, _, state in (line.partition(" ") for line in lines)}
        return {job_id: state for job_id, state in states.items() if state != "COMPLETING"}

    def _daemon(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.out").open("wb") as output:
            self._running.append(
                subprocess.Popen(
                    command,
                    env={**os.environ, **self.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )


@contextmanager
def slurm(folder: Path) -> Iterator[Slurm]:
    """Give a Slurm that is gone after the block."""
    cluster = Slurm(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
