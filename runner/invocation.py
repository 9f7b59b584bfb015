"""The process's own command line goes in; what to type to do the same again comes out."""

import os
import shlex
import sys
from pathlib import Path

from runner.store_address import without_password

# Variables that change what a command does.
_VARIABLES = ("RUNNER_DATA", "MLFLOW_TRACKING_URI")


def typed_command() -> str:
    """Return the command as typed, led by the variables it depends on, and without passwords."""
    program = Path(sys.argv[0])
    start = ["python", "-m", "runner"] if program.name == "__main__.py" else [program.name]
    given = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    variables = [f"{name}={shlex.quote(without_password(each))}" for name, each in given.items()]
    return " ".join([*variables, shlex.join([*start, *map(_masked, sys.argv[1:])])])


def _masked(argument: str) -> str:
    name, equals, value = argument.partition("=")
    return name + equals + (without_password(value) if "@" in value else value)
