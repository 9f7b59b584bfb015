"""Hydra callbacks by which a test makes trouble in a worker, or sees what Hydra tells a job."""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

# Longer than it takes to start a job on a slow and busy machine.
PAUSE_SECONDS = 20


class Trouble(Callback):
    """Meet the jobs of these numbers with a fate each, as in {1: kill, 2: sleep}."""

    def __init__(
        self, fates: dict[int, str], once: str | None = None, job: str = "point", late: bool = False
    ) -> None:
        self._fates = {int(number): fate for number, fate in fates.items()}
        self._once, self._job, self._late = once, job, late

    def on_job_start(self, config: DictConfig, **_: Any) -> None:
        if not self._late:
            self._strike(config)

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:  # noqa: ARG002
        if self._late:
            self._strike(config)

    def _strike(self, config: DictConfig) -> None:
        fate = self._fates.get(int(config.hydra.job.num))
        if config.sweep.job != self._job or fate is None:
            return
        if self._once:
            if Path(self._once).exists():
                return
            Path(self._once).touch()
        getattr(self, f"_{fate}")()

    def _kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _sleep(self) -> None:
        time.sleep(600)

    def _pause(self) -> None:
        time.sleep(PAUSE_SECONDS)

    def _memory(self) -> None:
        from runner.point import run

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 500_000_000, used + 500_000_000))

        def allocate_without_end(*_: object, **__: object) -> None:
            kept = []
            while True:
                kept.append(bytearray(50_000_000))

        vars(run)["prune_again"] = allocate_without_end

    def _disk(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


class Witness(Callback):
    """Write down, one line a call, what a callback sees in its process."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def on_job_start(self, config: DictConfig, **_: Any) -> None:
        self._note("start", config)

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        self._note("end", config, status=job_return.status.name)

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:  # noqa: ARG002
        line = {"call": "sweep", "tensorflow": "tensorflow" in sys.modules, "pid": os.getpid()}
        self._write(line)

    def _note(self, call: str, config: DictConfig, **more: str) -> None:
        if config.sweep.job == "point":
            self._write(
                {
                    "call": call,
                    "pid": os.getpid(),
                    "folder": str(Path.cwd()),
                    "output": HydraConfig.get().runtime.output_dir,
                    "variable": os.environ.get("RUNNER_TEST_VARIABLE"),
                    "num": config.hydra.job.num,
                    **more,
                }
            )

    def _write(self, line: dict[str, object]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
