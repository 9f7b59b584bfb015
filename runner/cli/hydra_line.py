"""Run one point, or a sweep of points, from Hydra's command line."""

import os
import sys

from runner.cli import failure
from runner.cli.app import RefusedPoint, job
from runner.cli.help import check_sweep_choice, text
from runner.cli.hydra_arguments import blame_folder, check_arguments
from runner.cli.masking_loader import use_masking_loader
from runner.errors import Refused
from runner.escaping.terminal import say
from runner.process.log_mask import mask_logs
from runner.process.signals import exit_on_first_signal
from runner.process.temporary import own_folder
from runner.settings.internal import require_untyped
from runner.settings.paths import register
from runner.settings.typed_address import hide

_TRACEBACKS = "HYDRA_FULL_ERROR"


def run(arguments: list[str]) -> int:
    """Run what the words of a command line ask for.

    Returns:
        The exit code; 0 for a sweep that was run, whatever became of its points.
    """
    if {"--help", "-h"} & set(arguments):
        say(*text().split("\n"))
        return failure.DONE
    exit_on_first_signal()
    full = os.environ.get(_TRACEBACKS) == "1"
    # Hydra would print a failure its own way and exit with 1, whatever it was.
    os.environ[_TRACEBACKS] = "1"
    register()
    mask_logs()
    use_masking_loader()
    try:
        # Hydra takes them from there, and writes them into the folders of its runs.
        sys.argv[1:] = hide(arguments)
        check_arguments(sys.argv[1:])
        check_sweep_choice(sys.argv[1:])
        require_untyped(sys.argv[1:])
        with own_folder():
            job()
    except RefusedPoint as refusal:
        return failure.explain("runner", Refused(str(refusal)))
    except Exception as error:
        if full:
            raise
        return failure.explain("runner", blame_folder(error, sys.argv[1:]))
    return failure.DONE
