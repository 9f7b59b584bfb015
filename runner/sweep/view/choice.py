"""Choose how the progress of a sweep is shown."""

import os
import sys

from rich.console import Console

from runner.sweep.view.live_view import LiveView
from runner.sweep.view.plain_lines import FailuresOnly, LogLines
from runner.sweep.view.progress_view import ProgressView
from runner.sweep.view.time_left import TimeLeft

# What says of a terminal that nothing can be drawn on it.
_PLAIN = ("", "dumb", "unknown")
# A service that builds software sets CI, and may keep what a terminal of its own gets as a log.
_OFF = ("", "0", "false")


def choose_view(
    title: str, total: int, done: int, workers: int | None, at_most: bool = False
) -> ProgressView:
    """Choose a live view on a terminal, and lines elsewhere.

    Args:
        title: name of the sweep.
        total: how many points it has.
        done: how many of them are finished already.
        workers: how many jobs run at once; None for a launcher that does not report on them.
        at_most: whether the sweep may end before all of its points were run.
    """
    if workers is None:
        return FailuresOnly(total, done)
    if not can_be_drawn_on():
        return LogLines(total, done)
    # Of what is printed above the view, only the terminal breaks lines: paths stay whole.
    console = Console(soft_wrap=True)
    return LiveView(console, title, total, done, TimeLeft(workers), at_most)


def can_be_drawn_on() -> bool:
    """Tell whether standard output is a terminal that people watch, and want drawn on.

    By the conventions of no-color.org, of terminfo's "dumb" terminal and of services that build
    software.
    """
    known = os.environ.get("TERM", "").lower() not in _PLAIN
    built = os.environ.get("CI", "").lower() not in _OFF
    return sys.stdout.isatty() and known and not built and not os.environ.get("NO_COLOR")
