"""Say what a command on finished sweeps completes them with."""

import argparse
from typing import TYPE_CHECKING

from runner.settings.targets import Target

if TYPE_CHECKING:
    from runner.results.selection import Complete


def completing(arguments: argparse.Namespace) -> "Complete":
    """Return what gives a sweep the figures that a device needs, and the files it gains.

    Files are made only for a device that the command line names: of the targets that it names too,
    or else of those that run there. Of targets that are not named beside others, nothing is
    measured.
    """
    # What reads results needs MLflow, which would cost --help its seconds.
    from runner.completion.asked import Asked
    from runner.completion.complete import complete

    named = tuple(map(Target, arguments.target)) if arguments.target else None
    asked = Asked(named if arguments.device else (), named)
    return lambda store, results, request: complete(store, results, request, asked)
