"""One job of a sweep goes in, in a process of its own; the return that Hydra expects comes out."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cloudpickle
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict

from runner.errors import one_line
from runner.point.outcome import JobFailed
from runner.settings.paths import register
from runner.sweep.launchers.local.messages import Began, Messenger

OUTPUT = "console.log"


@dataclass(frozen=True)
class Errand:
    """What all jobs of a launch have in common."""

    context: HydraContext
    task: TaskFunction
    config: DictConfig
    singletons: dict[Any, Any]


def compose(errand: Errand, overrides: Sequence[str], number: int) -> DictConfig:
    """Compose the configuration of one job."""
    config = errand.context.config_loader.load_sweep_config(errand.config, list(overrides))
    with open_dict(config):
        config.hydra.job.id = str(number)
        config.hydra.job.num = number
    return config


def work(errand: bytes, overrides: Sequence[str], number: int, pipe: Connection) -> bytes:
    """Run one job as Hydra's own launcher does, and return its JobReturn, pickled."""
    _end_with_the_sweep()
    register()
    common: Errand = cloudpickle.loads(errand)
    setup_globals()
    Singleton.set_state(common.singletons)
    config = compose(common, overrides, number)
    HydraConfig.instance().set_config(config)
    folder = Path(config.hydra.sweep.dir) / str(OmegaConf.select(config, "hydra.sweep.subdir"))
    _print_into(folder)
    pipe.send(Began(str(folder.absolute())))
    done = run_job(
        hydra_context=common.context,
        task_function=_telling(common.task, pipe),
        config=config,
        job_dir_key="hydra.sweep.dir",
        job_subdir_key="hydra.sweep.subdir",
    )
    return _pickled(done)


def _telling(task: TaskFunction, pipe: Connection) -> TaskFunction:
    def told(config: DictConfig) -> Any:
        # Not earlier: Hydra sets up the logging of a job just before the job begins.
        logging.getLogger("runner").addHandler(Messenger(pipe))
        logging.getLogger("runner.training").setLevel(logging.DEBUG)
        return task(config)

    return told


def _print_into(folder: Path) -> None:
    """Send all output, that of native code too, into a file: workers share one terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    with (folder / OUTPUT).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _pickled(done: JobReturn) -> bytes:
    if done.status is JobStatus.FAILED:
        error = done._return_value
        trace = "".join(traceback.format_exception(error))
        print(trace, file=sys.stderr, flush=True)
        # The error's own class may be one that only TensorFlow's importers know.
        done._return_value = JobFailed(one_line(error))
        done._return_value.add_note(trace)
    return bytes(cloudpickle.dumps(done))


def _end_with_the_sweep() -> None:
    """End this process as soon as the one that schedules is gone, however that ended."""
    sweep = multiprocessing.parent_process()
    if sweep is None:
        return

    def watch() -> None:
        sweep.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
