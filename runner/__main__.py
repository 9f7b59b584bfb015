"""Run one point, or a sweep of points, from the command line."""

import os
import sys

from runner.cli import failure
from runner.cli.app import RefusedPoint, job
from runner.cli.help import check_sweep_choice, text
from runner.errors import Refused
from runner.escaping.terminal import prepare_streams, say
from runner.process.signals import exit_on_first_signal
from runner.settings.paths import register
from runner.sweep.sweeper import PruningSweeper

_TRACEBACKS = "HYDRA_FULL_ERROR"


def main() -> None:
    """Enter from the command line."""
    prepare_streams()
    sys.exit(_main(sys.argv[1:]))


def _main(arguments: list[str]) -> int:
    if {"--help", "-h"} & set(arguments):
        say(*text().split("\n"))
        return failure.DONE
    exit_on_first_signal()
    full = os.environ.get(_TRACEBACKS) == "1"
    # Hydra would print a failure its own way and exit with 1, whatever it was.
    os.environ[_TRACEBACKS] = "1"
    register()
    try:
        check_sweep_choice(arguments)
        job()
    except RefusedPoint as refusal:
        return failure.explain("runner", Refused(str(refusal)))
    except Exception as error:
        if full:
            raise
        return failure.explain("runner", error)
    return failure.FAILED if PruningSweeper.failed else failure.DONE


if __name__ == "__main__":
    main()
