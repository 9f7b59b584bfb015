"""Parse the command line of a command on finished sweeps, and open the store that it names."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any, Never

from runner.cli.failure import INTERRUPTED, REFUSED, explain
from runner.cli.meant import meant
from runner.errors import Refused
from runner.escaping.json_text import json_text
from runner.escaping.terminal import complain, prepare_streams, say, visible
from runner.process.encoding import use_utf8
from runner.process.log_mask import mask_logs
from runner.process.temporary import own_folder
from runner.settings.experiment_name import resolve as resolve_experiment
from runner.settings.secret_text import without_secrets
from runner.settings.store_uri import resolve

_EXIT_CODES = "Exit code: 0 done, 1 {failed}, 2 refused before any work."


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line."""

    def error(self, message: str) -> Never:
        """Say what is wrong, and what may have been meant, and leave."""
        line = f"{self.prog}: {message}{meant(message, self)}"
        self.exit(REFUSED, f"{visible(without_secrets(line))}\n")


def parser(
    name: str, description: str, failed: str, epilog: str = "", by_word: bool = False
) -> Parser:
    """Make the parser of a command, with the options that all of them have.

    Args:
        failed: what exit code 1 means.
        by_word: whether it is entered as in `python -m runner list` only.
    """
    codes = _EXIT_CODES.format(failed=failed)
    options = Parser(
        prog=f"python -m runner{' ' if by_word else '.'}{name}",
        description=description,
        epilog=f"{epilog}\n\n{codes}".strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    options.add_argument(
        "--tracking-uri",
        metavar="URI",
        help="the store; default: MLFLOW_TRACKING_URI, else mlflow.db in the working directory",
    )
    options.add_argument(
        "--experiment",
        metavar="NAME",
        help="its experiment; default: MLFLOW_EXPERIMENT_NAME, else the one of "
        "MLFLOW_EXPERIMENT_ID, else sparsity",
    )
    options.add_argument("--json", action="store_true", help="print JSON for other programs")
    return options


def add_sweep(options: Parser, several: bool = False) -> None:
    """Add the sweep, or one and more sweeps, that the command works on."""
    known = "a sweep's name (its newest run), its run id, or latest"
    if several:
        options.add_argument("sweep", metavar="SWEEP", nargs="+", help=known)
    else:
        options.add_argument("sweep", metavar="SWEEP", help=known)


def enter(
    options: Parser,
    act: Callable[[argparse.Namespace, Any], int],
    check: Callable[[argparse.Namespace], object] = lambda _: None,
) -> Never:
    """Parse and check the command line, open the store that it names, act, and exit.

    The store is not made where it is not there: these commands only read what sweeps have logged.
    """
    use_utf8()
    prepare_streams()
    mask_logs()
    arguments = options.parse_args()
    try:
        check(arguments)
        uri = resolve(arguments.tracking_uri)

        # MLflow takes seconds to import: only after the command line was accepted.
        from runner.tracking import Store

        store = Store(uri, default_experiment(arguments.experiment))
        store.connect(create=False)
        with own_folder():
            sys.exit(act(arguments, store))
    except KeyboardInterrupt:
        # Its own line, after what a terminal shows of the key.
        complain("", f"{options.prog}: stopped")
        sys.exit(INTERRUPTED)
    except Refused as refusal:
        options.error(str(refusal))
    except Exception as failure:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        sys.exit(explain(options.prog, failure))


def show(arguments: argparse.Namespace, values: Any, *lines: str) -> None:
    """Print the values as JSON where that was asked for, else the lines."""
    say(*(json_text(values).split("\n") if arguments.json else lines))


def default_experiment(given: str | None = None) -> str:
    """Return the experiment that was given, else the one that sweeps are logged to by default.

    Raises:
        Refused: the environment holds what no experiment is called.
    """
    return str(resolve_experiment(given))
