"""Make the report of a sweep again, or one of several sweeps side by side.

python -m runner.report SWEEP [SWEEP ...] [--device DEVICE] [--output FOLDER]
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli import command, failure
from runner.cli.limits import add_device, budgets_of
from runner.errors import Refused
from runner.escaping.terminal import say
from runner.settings.devices import Device

if TYPE_CHECKING:
    from runner.device.request import Request
    from runner.report.contents import Contents
    from runner.report.drawing import Drawing
    from runner.results.rows import Results
    from runner.tracking import Store

_DEFAULT = Path("outputs/report")


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "report",
        "Make the report of a sweep again, or one of several sweeps side by side.",
        "the store failed",
        f"One sweep's report is logged to its run. With --output, for several sweeps, and for "
        f"another device, it is written to a folder instead ({_DEFAULT}), and what the run of the "
        "sweep says stays as it is.",
    )
    command.add_sweep(made, several=True)
    add_device(made)
    made.add_argument("--all", action="store_true", help="print the table of all points and files")
    made.add_argument("--output", type=Path, metavar="FOLDER", help="write the report here")
    command.enter(made, _act)


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.report.drawing import Drawing
    from runner.report.publish import publish_drawing
    from runner.results.lookup import find_sweep
    from runner.results.rows import read

    names = list(dict.fromkeys(arguments.sweep))
    sweeps = {sweep.id: sweep for sweep in (find_sweep(store, name) for name in names)}
    results = [read(store, sweep) for sweep in sweeps.values()]
    request = _request(arguments, results[0])
    if request:
        from runner.completion.asked import Asked
        from runner.completion.complete import complete

        # Files are made only for a device that the command line names.
        asked = Asked(None if arguments.device else ())
        results = [complete(store, each, request, asked) for each in results]
    drawing = Drawing.of(store, results, request)
    if len(results) == 1 and not arguments.output and not request:
        path = publish_drawing(store, results[0], drawing)
    else:
        path = str(_write(drawing, arguments.output or _DEFAULT))
    if not arguments.json:
        _say(store, drawing.contents, whole=arguments.all)
    values = {"report": path, "sweeps": list(sweeps)}
    command.show(arguments, values, f"Report: {path}")
    return failure.DONE


def _say(store: "Store", contents: "Contents", *, whole: bool) -> None:
    """Print all points where that was asked for, and what to ship of a single sweep."""
    from runner.results.console import say_decisions, show_all
    from runner.results.sweep_on import sweep_on

    if whole:
        for each in contents.sweeps:
            show_all(store, each)
    if len(contents.sweeps) == 1:
        decisions = [decision for _, decision in contents.asked or contents.decisions]
        say_decisions(store, decisions)
        following = sweep_on(contents.sweeps[0], decisions[0]) if decisions else ""
        say(*[f"Sweep on: {following}"] * bool(following))


def _request(arguments: argparse.Namespace, results: "Results") -> "Request | None":
    """Say what the report is for, where the options say it rather than the sweep."""
    from runner.device.request import Request
    from runner.results.selection import Criteria

    budgets = budgets_of(arguments)
    if arguments.device:
        return Criteria(device=Device(arguments.device), budgets=budgets).request(results)
    own = results.request
    return Request(own.devices, budgets.over(own.budgets)) if budgets.values else None


def _write(drawing: "Drawing", folder: Path) -> Path:
    from runner.report.folder import write

    try:
        return write(folder, drawing.texts)
    except OSError as error:
        raise Refused(f"--output={folder}: must be a folder ({error.strerror})") from None


if __name__ == "__main__":
    main()
