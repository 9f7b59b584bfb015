"""The name of a module of ours goes in; what it says in a process of its own comes out.

What needs TensorFlow runs so where the process that asks must not import it.
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from hydra.utils import to_absolute_path

_NOTHING: Mapping[str, str] = {}


def run(
    module: str, *arguments: str, told: str = "", environment: Mapping[str, str] = _NOTHING
) -> "subprocess.CompletedProcess[str]":
    """Run a module in the working folder, whose files are not mistaken for Python's or ours.

    Args:
        told: what the process reads on its standard input.
        environment: variables that it gets besides those of this one.
    """
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        input=told,
        capture_output=True,
        text=True,
        check=False,
        cwd=to_absolute_path("."),
        env={**os.environ, **_importable(), **environment},
    )


def _importable() -> Mapping[str, str]:
    """Let it import the package that this process runs; one that is installed is found anyway."""
    root = str(Path(__file__).parents[2])
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    known = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([root, known] if known else [root])}
