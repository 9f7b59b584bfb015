"""List the sweeps of an experiment, the newest first.

python -m runner list
"""

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from runner.cli import command, failure

if TYPE_CHECKING:
    from runner.tracking import Store


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "list",
        "List the sweeps, the newest first: when each was started, how many of its points are\n"
        "done, its state, and the file that it ships, with its size and accuracies.",
        "the store failed",
        "Each name, and each run id, can be given to best, report, promote, ui and delete; of\n"
        "several sweeps of one name, it means the newest.",
        by_word=True,
    )
    command.enter(made, _act)


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.results.sweep_list import sweep_list
    from runner.results.sweep_list_table import sweep_table

    lines = sweep_list(store)
    console = Console()
    width = console.width if console.is_terminal else None
    table = sweep_table(lines, width) if lines else [f"no sweep in experiment {store.experiment}"]
    command.show(arguments, [line.values for line in lines], *table)
    return failure.DONE


if __name__ == "__main__":
    main()
