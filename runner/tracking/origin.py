"""Nothing goes in; who opens a run, where and from which code, comes out as tags."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from runner import git, versions
from runner.invocation import typed_command
from runner.process import liveness

PROCESS = "runner.process"
COMMAND = "runner.command"
VERSIONS = "runner.versions"


def tags() -> Mapping[str, str]:
    """Return MLflow's own tags of origin, the commit, command, versions and process of the run."""
    return {
        PROCESS: liveness.myself(),
        COMMAND: typed_command(),
        VERSIONS: versions.as_text(),
        "mlflow.source.name": "runner",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": _user(),
        **git.tags(Path.cwd()),
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid())
