"""Run one composed job in the process that the cluster has started for it."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import cloudpickle
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import setup_globals

from runner.process.temporary import own_folder
from runner.settings.paths import register
from runner.sweep.launchers.hydra_state import restore
from runner.sweep.launchers.job import Job, LaunchContext
from runner.sweep.launchers.messages import JobBroke, JobEnded, JobPlaced, Message
from runner.sweep.launchers.slurm.message_file import MessageFile
from runner.sweep.launchers.worker import Worker


@dataclass(frozen=True)
class Task:
    """One job, as submitit hands it over.

    Attributes:
        job: the `Job` and Hydra's state, pickled: reading them needs this project's plugins.
        messages: path of the file that messages for the launcher go to.
    """

    job: bytes
    messages: str

    @classmethod
    def of(cls, context: LaunchContext, job: Job, messages: Path) -> "Task":
        """Take a job that was composed here."""
        pickled = cloudpickle.dumps((job, context.singletons))
        return cls(bytes(pickled), str(messages))

    def __call__(self) -> Message:
        """Run the job, and return how it ended."""
        _be_ended_by_signals()
        messages = MessageFile(Path(self.messages))
        messages.send(JobPlaced(socket.gethostname()))
        last: list[Message] = [JobBroke("nothing was said of it")]

        def send(message: Message) -> None:
            if isinstance(message, JobEnded | JobBroke):
                last.append(message)
            else:
                messages.send(message)

        # The folder for temporary files that the environment names is that of another machine.
        with own_folder():
            Worker(send, fresh=True).work(self._restored)
        return last[-1]

    def _restored(self) -> Job:
        """Make this process Hydra's for the job."""
        register()
        job: Job
        job, singletons = cloudpickle.loads(self.job)
        setup_globals()
        restore(singletons)
        HydraConfig.instance().set_config(job.config)
        return job


def _be_ended_by_signals() -> None:
    """Let Slurm end this process at once, and not be warned of it: the launcher sees the state.

    submitit would hold the first signal back, and queue a job again that is out of time.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for warning in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(warning, signal.SIG_IGN)
