"""Compare channels removed, weights pruned, and both, for each network and `compress` of sweeps.

    python -m benchmarks.ways SWEEP...

Prints a section of docs/results.md, which says within which limit, and from how many seeds.
"""

import argparse
from collections.abc import Iterator

from runner.cli.command import add_sweep, enter, parser
from runner.cli.failure import DONE
from runner.results.choice import Limits
from runner.results.correct_rows import with_correct
from runner.results.decision import decide
from runner.results.file_words import in_points
from runner.results.lookup import find_sweep
from runner.results.rows import Results, data_label, read, seed_of
from runner.results.ways_table import TITLE, WaysTable, ways_tables
from runner.settings.targets import Target
from runner.tracking import Store

# One kind of file for all ways: by the zipped bytes of other kinds, other ways would win.
_KIND = Target.TFLITE_INT8


def main() -> None:
    """Read the sweeps and print the section."""
    made = parser("ways", __doc__ or "", "the store failed")
    made.prog = "python -m benchmarks.ways"
    add_sweep(made, several=True)
    enter(made, _act)


def _act(arguments: argparse.Namespace, store: Store) -> int:
    print(f"## {TITLE}\n")
    print(f"Printed by `python -m benchmarks.ways {' '.join(arguments.sweep)}`.")
    for name in arguments.sweep:
        results = with_correct(store, read(store, find_sweep(store, name)))
        for decision in decide(results.rows, Limits(results.max_drop, (_KIND,))):
            for table in ways_tables(decision):
                print("\n" + "\n".join(_section(results, table)))
    return DONE


def _section(results: Results, table: WaysTable) -> Iterator[str]:
    group, rows = table.group, table.group.rows
    seeds = len({seed_of(row.point) for row in rows})
    data = f"{group.network} on {data_label(rows, results.rows)}"
    yield f"### {', '.join(filter(None, (data, group.following)))}"
    yield ""
    points = f"{_counted(len(rows), 'point')}, {_counted(seeds, 'seed')}"
    yield (
        f"Of `+sweep={results.name}`, {points}; the smallest {_KIND} file of each way within "
        f"{in_points(results.max_drop)} of the baseline's validation accuracy."
    )
    yield ""
    yield _line(table.heading)
    yield _line(["---"] * len(table.heading))
    yield from map(_line, table.lines)
    yield ""
    yield " ".join(table.sentences)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
