"""Describe who opens a run, where and from which code, as tags of the run."""

import functools
import getpass
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from runner.process import liveness
from runner.process.holder import this_holder
from runner.process.processor import processor_name
from runner.settings.address_mask import masked
from runner.settings.experiment_name import ID, NAME
from runner.settings.secret_text import VARIABLE, without_secrets
from runner.settings.sweep import SweepSettings
from runner.settings.typed_address import masked_argument
from runner.tracking.tags import (
    COMMAND,
    GIT_COMMIT,
    GIT_DIRTY,
    HOLDER,
    LEASE,
    LEASED_BY,
    PROCESS,
    PROCESSOR,
    VERSIONS,
)

_LIBRARIES = (
    "tensorflow",
    "tf-keras",
    "tensorflow-model-optimization",
    "ai-edge-litert",
    "numpy",
    "mlflow",
    "hydra-core",
)
# Variables that change what a command does.
_VARIABLES = ("RUNNER_DATA", VARIABLE, NAME, ID)


def origin_tags() -> Mapping[str, str]:
    """Return MLflow's own tags of origin, the commit, command, versions and process of the run."""
    return {
        PROCESS: liveness.this_process(),
        HOLDER: this_holder(),
        PROCESSOR: processor_name(),
        COMMAND: typed_command(),
        VERSIONS: versions(),
        "mlflow.source.name": "runner",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": _user(),
        **commit(Path.cwd()),
    }


def lease_tags(sweep: SweepSettings) -> Mapping[str, str]:
    """Name who works on a run, and whose lease covers it.

    Outside of a sweep it has its own, and where its process may outlive that of the sweep.
    """
    if not sweep.run_id:
        return own_lease()
    if sweep.holder is None:
        return {**own_lease(), LEASED_BY: sweep.run_id}
    return {HOLDER: sweep.holder, LEASED_BY: sweep.run_id}


def own_lease() -> Mapping[str, str]:
    """Return the tag of a lease that this process has just begun, and is to renew."""
    return {LEASE: f"{this_holder()} 0"}


def typed_command() -> str:
    """Return the command as typed, led by the variables it depends on, and without secrets.

    Where an address was masked, the same command works again with MLFLOW_TRACKING_URI set to it.
    """
    program = Path(sys.argv[0])
    start = ["python", "-m", "runner"] if program.name == "__main__.py" else [program.name]
    values = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    shown = {name: value for name, value in values.items() if name != VARIABLE}
    if VARIABLE in values:
        shown[VARIABLE] = masked(values[VARIABLE])
    variables = [f"{name}={shlex.quote(value)}" for name, value in shown.items()]
    typed = [without_secrets(masked_argument(argument)[0]) for argument in sys.argv[1:]]
    return " ".join([*variables, shlex.join([*start, *typed])])


@functools.cache
def versions() -> str:
    """Return one text, as in `python 3.12.1, tensorflow 2.21.0`."""
    numbers = {"python": platform.python_version()}
    numbers |= {library: version(library) for library in _LIBRARIES}
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


@functools.lru_cache(maxsize=1)
def commit(folder: Path) -> Mapping[str, str]:
    """Return the commit and whether tracked files differ from it; empty outside a repository."""
    head = _git(folder, "rev-parse", "HEAD")
    if not head:
        return {}
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {GIT_COMMIT: head, GIT_DIRTY: str(bool(changes)).lower()}


def _git(folder: Path, *arguments: str) -> str | None:
    """Run git; None where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid())
