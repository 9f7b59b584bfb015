"""The command line goes in; one run, or a sweep of runs, and an exit code come out."""

import os
import sys

from runner.cli.app import RefusedPoint, job
from runner.cli.help import check_sweep_choice, explained, text
from runner.errors import Refused, one_line
from runner.process.signals import exit_on_first_signal
from runner.settings.paths import register
from runner.sweep.sweeper import PruningSweeper

_FINISHED, _FAILED, _REFUSED = 0, 1, 2
_TRACEBACKS = "HYDRA_FULL_ERROR"


def main() -> None:
    """Enter from the command line."""
    sys.exit(_main(sys.argv[1:]))


def _main(arguments: list[str]) -> int:
    if {"--help", "-h"} & set(arguments):
        print(text())
        return _FINISHED
    exit_on_first_signal()
    full = os.environ.get(_TRACEBACKS) == "1"
    # Hydra would print a failure its own way and exit with 1, whatever it was.
    os.environ[_TRACEBACKS] = "1"
    register()
    try:
        check_sweep_choice(arguments)
        job()
    except RefusedPoint as refusal:
        return _refuse(Refused(str(refusal)))
    except Exception as error:
        if full:
            raise
        # Work begins with MLflow: whatever went wrong before is about the settings.
        if isinstance(error, Refused) or "runner.tracking" not in sys.modules:
            return _refuse(error)
        print(f"runner: failed: {one_line(error)}", file=sys.stderr)
        return _FAILED
    return _FAILED if PruningSweeper.failed else _FINISHED


def _refuse(error: BaseException) -> int:
    print(f"runner: {explained(error)}", file=sys.stderr)
    return _REFUSED


if __name__ == "__main__":
    main()
