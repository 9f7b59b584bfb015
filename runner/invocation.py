"""The process's own command line goes in; what to type to do the same again comes out."""

import os
import re
import shlex
import sys
from pathlib import Path

# Variables that change what a command does.
_VARIABLES = ("RUNNER_DATA", "MLFLOW_TRACKING_URI")
_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^\s]*@")


def typed_command() -> str:
    """Return the command as typed, led by the variables it depends on, and without passwords."""
    program = Path(sys.argv[0])
    start = ["python", "-m", "runner"] if program.name == "__main__.py" else [program.name]
    given = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    variables = [f"{name}={shlex.quote(_masked(each))}" for name, each in given.items()]
    return " ".join([*variables, shlex.join([*start, *map(_masked, sys.argv[1:])])])


def _masked(argument: str) -> str:
    # Wherever an address stands: Hydra takes it in quotes, and within lists and groups too.
    return _PASSWORD.sub(r"\1***@", argument)
