"""Run jobs in a process of Ray's, one after the other, and stream what they say."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import cloudpickle
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobRuntime, setup_globals
from omegaconf import OmegaConf, open_dict

from runner.process.temporary import own_folder
from runner.sweep.launchers.hydra_state import restore
from runner.sweep.launchers.job import Job
from runner.sweep.launchers.messages import JobBroke, JobEnded, JobPlaced, Message, NotTaken
from runner.sweep.launchers.ray.machine import Sender
from runner.sweep.launchers.ray.shipment import Shipment
from runner.sweep.launchers.worker import Worker


@dataclass(frozen=True)
class Unlike:
    """What of a machine would give other figures than the sweep's own machine does."""

    machine: str
    differences: str


class JobActor:
    """What an actor of Ray's is made of."""

    def __init__(self, sender: Sender, fresh: bool, shipments: Sequence[Shipment]) -> None:
        """Settle in on this machine.

        Args:
            sender: the machine of the sweep.
            fresh: whether each job gets a process of its own.
            shipments: files that the sweep's machine has, and this one may lack.
        """
        import ray

        self._machine = sender.settle_in(ray.get_runtime_context().get_node_id())
        self._differences = sender.differences()
        self._said: SimpleQueue[Message] = SimpleQueue()
        self._worker = Worker(self._said.put, fresh)
        self._shipments = shipments if self._machine else ()
        self._stack = ExitStack()
        if self._machine:
            # What a process leaves that is killed, the next one removes.
            self._stack.enter_context(own_folder())

    def run(self, pickled: bytes) -> Iterator[Message | Unlike]:
        """Run a `portable_job`, and yield what it says; the last message says how it ended."""
        if self._differences:
            yield Unlike(self._machine, self._differences)
            return
        yield JobPlaced(self._machine)
        # This thread yields meanwhile.
        job = threading.Thread(
            target=self._worker.work, args=(partial(_job, pickled, self._shipments),)
        )
        job.start()
        while True:
            message = self._said.get()
            yield message
            if isinstance(message, JobEnded | JobBroke | NotTaken):
                job.join()
                return


def _job(pickled: bytes, shipments: Sequence[Shipment]) -> Job:
    """Make this process Hydra's for a job, whose relative folders are those of this process."""
    job: Job
    job, name, resolvers = cloudpickle.loads(pickled)
    with open_dict(job.config):
        job.config.hydra.runtime.cwd = os.getcwd()  # noqa: PTH109
    restore({**Singleton.get_state(), "omegaconf_resolvers": resolvers})
    setup_globals()
    JobRuntime.instance().set("name", name)
    HydraConfig.instance().set_config(job.config)
    for shipment in shipments:
        cache = Path(OmegaConf.select(job.config, "cache.folder")).expanduser()
        shipment.receive(cache.absolute())
    return job
