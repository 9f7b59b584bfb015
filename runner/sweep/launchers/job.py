"""Run one job of a sweep in this process, as Hydra's own launchers do."""

import functools
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict

from runner.errors import one_line
from runner.escaping.terminal import complain, prepare_streams
from runner.point.outcome import JobFailed
from runner.process.log_mask import masked_traceback
from runner.process.temporary import restore_folder
from runner.settings.paths import register
from runner.settings.secret_text import without_secrets
from runner.sweep.launchers.composition import JobComposition
from runner.sweep.launchers.hydra_state import restore
from runner.sweep.launchers.messages import JobFolder, MessageHandler, Send

OUTPUT = "console.log"


@dataclass(frozen=True)
class LaunchContext:
    """What all jobs of a launch have in common."""

    hydra: HydraContext
    task: TaskFunction
    config: DictConfig
    singletons: dict[Any, Any]

    def composition(self) -> JobComposition:
        """Return what composes the jobs."""
        return JobComposition(self.hydra.config_loader, self.config)


@dataclass(frozen=True)
class Job:
    """One job of a launch, composed."""

    hydra: HydraContext
    task: TaskFunction
    config: DictConfig

    @classmethod
    def of(cls, pickled: bytes, overrides: Sequence[str], number: int) -> "Job":
        """Compose a job, and make this process Hydra's for it.

        Args:
            pickled: the `LaunchContext`.
            overrides: Hydra overrides of the job.
            number: Hydra's number of the job.
        """
        register()
        # Read anew for each job, which may change what it is given.
        context: LaunchContext = cloudpickle.loads(pickled)
        setup_globals()
        restore(context.singletons)
        job = cls.composed(context, _composition(pickled), overrides, number)
        HydraConfig.instance().set_config(job.config)
        return job

    @classmethod
    def composed(
        cls,
        context: LaunchContext,
        composition: JobComposition,
        overrides: Sequence[str],
        number: int,
    ) -> "Job":
        """Compose a job in a process that is Hydra's already."""
        config = composition.config(overrides)
        with open_dict(config):
            config.hydra.job.id = str(number)
            config.hydra.job.num = number
        return cls(context.hydra, context.task, config)

    def run(self, send: Send) -> JobReturn:
        """Run the job.

        Args:
            send: takes messages for the launcher.
        """
        # Read anew from the environment: the folder of the sweep's process, which removes it.
        tempfile.tempdir = None
        # Where it cannot be, Python takes another one.
        with suppress(OSError):
            restore_folder()
        config = self.config
        folder = Path(config.hydra.sweep.dir) / str(OmegaConf.select(config, "hydra.sweep.subdir"))
        _print_into(folder)
        send(JobFolder(str(folder.absolute())))
        with _messages(send) as handler:
            return run_job(
                hydra_context=self.hydra,
                task_function=_with_messages(self.task, handler),
                config=config,
                job_dir_key="hydra.sweep.dir",
                job_subdir_key="hydra.sweep.subdir",
            )


@functools.lru_cache(1)
def _composition(pickled: bytes) -> JobComposition:
    """Return what composes the jobs of a launch; it is given to none of them."""
    context: LaunchContext = cloudpickle.loads(pickled)
    return context.composition()


def pickle(result: JobReturn) -> bytes:
    """Pickle a result, with an error in it replaced by one that every process can unpickle."""
    if result.status is JobStatus.FAILED:
        error = result._return_value
        trace = masked_traceback(error)
        complain(*trace.rstrip("\n").split("\n"))
        # Unpickling the error's own class may need TensorFlow.
        result._return_value = JobFailed(without_secrets(one_line(error)))
        result._return_value.add_note(trace)
    return bytes(cloudpickle.dumps(result))


@contextmanager
def _messages(send: Send) -> Iterator[MessageHandler]:
    """Give a handler of the log that is gone after the block, when other jobs may follow."""
    handler = MessageHandler(send)
    try:
        yield handler
    finally:
        logging.getLogger("runner").removeHandler(handler)
        sys.stdout.flush()
        sys.stderr.flush()


def _with_messages(task: TaskFunction, handler: MessageHandler) -> TaskFunction:
    """Send messages to the launcher while the task runs."""

    def run(config: DictConfig) -> Any:
        # Not earlier: Hydra sets up the logging of a job just before the job begins.
        logging.getLogger("runner").addHandler(handler)
        logging.getLogger("runner.training").setLevel(logging.DEBUG)
        return task(config)

    return run


def _print_into(folder: Path) -> None:
    """Send all output, that of native code too, into a file: workers share one terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    prepare_streams("utf-8")
    with (folder / OUTPUT).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
