"""Run a night, schedule nights, delete old ones, or say how the last one went.

python -m runner.nightly [--config FILE] [COMMAND]
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli.command import Parser
from runner.cli.failure import explain
from runner.escaping.log_lines import LogFormatter
from runner.escaping.terminal import complain, prepare_streams, say
from runner.nightly.run.lock import Busy
from runner.nightly.schedule import install
from runner.nightly.settings import DEFAULT, NightlySettings, read
from runner.process.encoding import use_utf8
from runner.process.log_mask import mask_logs
from runner.process.signals import exit_on_first_signal
from runner.process.temporary import own_folder

if TYPE_CHECKING:
    from runner.tracking import Store

_BUSY = 3

_EPILOG = """\
Exit code of a night: 0 good, or too few good nights yet to judge; 1 failures; 2 refused; 3 another
night is at work; 4 something got worse; 130 or 143 stopped by Ctrl-C or SIGTERM, to be resumed.
"""


def main() -> None:
    """Enter from the command line."""
    use_utf8()
    prepare_streams()
    exit_on_first_signal()
    mask_logs()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(LogFormatter("[%(asctime)s] %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    sys.exit(_main(_parser()))


def _parser() -> Parser:
    parser = Parser(
        prog="python -m runner.nightly",
        description="Run the sweeps of the night, unattended, and say whether something got worse.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT,
        metavar="FILE",
        help="like the default, conf/nightly.yaml",
    )
    parser.set_defaults(act=_night)
    _add_commands(parser)
    return parser


def _add_commands(parser: Parser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=Parser)
    commands.add_parser("run", help="run a night now, as without a command")
    install.add_install(commands).set_defaults(act=install.act_install)
    install.add_uninstall(commands).set_defaults(act=install.act_uninstall)
    status = commands.add_parser("status", help="say how the last night went, and when the next is")
    status.set_defaults(act=_status)
    clean = commands.add_parser("clean", help="delete nights that are older than keep_nights")
    clean.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    clean.set_defaults(act=_clean)
    accept = commands.add_parser(
        "accept", help="accept the last night as good: what changed is meant, compare from here on"
    )
    accept.set_defaults(act=_accept)


def _main(parser: Parser) -> int:
    arguments = parser.parse_args()
    act: Callable[[argparse.Namespace], int] = arguments.act
    try:
        with own_folder():
            return act(arguments)
    except Busy as busy:
        complain(f"{parser.prog}: {busy}")
        return _BUSY
    except Exception as failure:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        return explain(parser.prog, failure)


def _night(arguments: argparse.Namespace) -> int:
    settings = read(arguments.config)

    # MLflow takes seconds to import: only after the settings were accepted.
    from runner.nightly.run.run_night import run_night

    return run_night(settings)


def _status(arguments: argparse.Namespace) -> int:
    from runner.nightly.report.status import status_lines

    say(*status_lines(read(arguments.config)), *install.status_lines())
    return 0


def _clean(arguments: argparse.Namespace) -> int:
    from runner.nightly.cleanup.clean import clean

    settings = read(arguments.config)
    text = clean(_store(settings), settings.keep_nights, settings.folder, arguments.dry_run).text
    say(*text.split("\n"))
    return 0


def _accept(arguments: argparse.Namespace) -> int:
    from runner.nightly.report.status import accept

    settings = read(arguments.config)
    say(accept(_store(settings)))
    return 0


def _store(settings: NightlySettings) -> "Store":
    from runner.tracking import Store

    store = Store(settings.uri, settings.experiment)
    store.connect(create=False)
    return store


if __name__ == "__main__":
    main()
