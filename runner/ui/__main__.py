"""Show a sweep on MLflow's pages: start MLflow's UI where no server shows the store, and a browser.

python -m runner.ui [SWEEP] [--view points|sweeps|charts] [--port N] [--no-browser]
"""

import argparse
import signal
from typing import TYPE_CHECKING

from runner.cli import command, failure
from runner.errors import Refused
from runner.process.signals import exit_on_first_signal
from runner.settings.address_mask import masked, without_login
from runner.ui import local_server
from runner.ui.browser import open_page

if TYPE_CHECKING:
    from runner.tracking import Store

_VIEWS = ("points", "sweeps", "charts")
_LAST_PORT = 65535


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "ui",
        "Show a sweep on MLflow's pages, in the browser. A database is shown until Ctrl-C.",
        "the store failed, or MLflow's UI did not start",
        "points: those of the sweep, the smallest file first. sweeps: all, a row each. charts: "
        "accuracy over size, and all that varies beside both, of all points.",
    )
    known = "a sweep's name (its newest run), its run id, or latest, which is the default; a "
    known += "point's run id opens the page of its run"
    made.add_argument("sweep", metavar="SWEEP", nargs="?", default="latest", help=known)
    made.add_argument("--view", choices=_VIEWS, default="points", help="what to show first")
    made.add_argument(
        "--port", type=_port, metavar="N",
        help="listen there; default: 5000, or a free one where another program does",
    )  # fmt: skip
    made.add_argument("--no-browser", action="store_true", help="only print the address")
    exit_on_first_signal()
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        # A terminal that is closed must not leave MLflow's UI behind.
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    command.enter(made, _act)


def _port(text: str) -> int:
    """Read the number of a port.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text}: must be a whole number from 1 to {_LAST_PORT}")
    return int(text)


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.ui.pages import page_of

    if store.uri.startswith("databricks"):
        raise Refused(f"tracking.uri={masked(store.uri)}: has pages of its own; open them there")
    page, run_id = page_of(store, arguments.sweep, arguments.view)
    if store.uri.startswith("http"):
        _show(arguments, f"{without_login(store.uri)}{page}")
        return failure.DONE
    served = local_server.serving(arguments.port, run_id)
    if served:
        _show(arguments, f"{served}{page}")
        return failure.DONE
    with local_server.started(store.uri, arguments.port) as server:
        _show(arguments, f"{server.address}{page}", "Ctrl-C ends MLflow's UI")
        server.wait()
    return failure.DONE


def _show(arguments: argparse.Namespace, address: str, *lines: str) -> None:
    """Print the address, and open it."""
    command.show(arguments, {"address": address}, f"In MLflow: {address}", *lines)
    if not arguments.no_browser:
        open_page(address)


if __name__ == "__main__":
    main()
