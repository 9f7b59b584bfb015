"""Make the report of a sweep again, or one of several sweeps side by side.

python -m runner.report SWEEP [SWEEP ...] [--device DEVICE] [--output FOLDER]
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli import command, failure
from runner.cli.limits import add_device, budgets_of
from runner.errors import Refused
from runner.settings.devices import Device

if TYPE_CHECKING:
    from runner.device.request import Request
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
    if len(results) == 1 and not arguments.output and not request:
        from runner.report.publish import publish

        path = publish(store, results[0])
    else:
        path = str(_write(store, results, arguments.output or _DEFAULT, request))
    if arguments.all and not arguments.json:
        from runner.results.console import show_all

        for each in results:
            show_all(store, each)
    values = {"report": path, "sweeps": list(sweeps)}
    command.show(arguments, values, f"Report: {path}")
    return failure.DONE


def _request(arguments: argparse.Namespace, results: "Results") -> "Request | None":
    """Say what the report is for, where the options say it rather than the sweep."""
    from runner.device.request import Request
    from runner.results.selection import Criteria

    budgets = budgets_of(arguments)
    if arguments.device:
        return Criteria(device=Device(arguments.device), budgets=budgets).request(results)
    own = results.request
    return Request(own.devices, budgets.over(own.budgets)) if budgets.values else None


def _write(
    store: "Store", results: "list[Results]", folder: Path, request: "Request | None"
) -> Path:
    from runner.report.drawing import Drawing
    from runner.report.folder import write

    texts = Drawing.of(store, results, request).texts
    try:
        return write(folder, texts)
    except OSError as error:
        raise Refused(f"--output={folder}: must be a folder ({error.strerror})") from None


if __name__ == "__main__":
    main()
