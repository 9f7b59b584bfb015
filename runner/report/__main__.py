"""Make the report of a sweep again, or one of several sweeps side by side.

python -m runner.report SWEEP [SWEEP ...] [--output FOLDER]
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli import command, failure
from runner.errors import Refused
from runner.escaping.terminal import encodable

if TYPE_CHECKING:
    from runner.results.rows import Results
    from runner.tracking import Store

_DEFAULT = Path("outputs/report")


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "report",
        "Make the report of a sweep again, or one of several sweeps side by side.",
        "the store failed",
        f"One sweep's report is logged to its run. With --output, and for several sweeps, it is "
        f"written to a folder instead ({_DEFAULT}), and the store stays as it is.",
    )
    command.add_sweep(made, several=True)
    made.add_argument("--output", type=Path, metavar="FOLDER", help="write the report here")
    command.enter(made, _act)


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.results.lookup import find_sweep
    from runner.results.rows import read

    names = list(dict.fromkeys(arguments.sweep))
    sweeps = {sweep.id: sweep for sweep in (find_sweep(store, name) for name in names)}
    results = [read(store, sweep) for sweep in sweeps.values()]
    if len(results) == 1 and not arguments.output:
        from runner.report.publish import publish

        path = publish(store, results[0])
    else:
        path = str(_write(store, results, arguments.output or _DEFAULT))
    values = {"report": path, "sweeps": list(sweeps)}
    command.show(arguments, values, f"Report: {path}")
    return failure.DONE


def _write(store: "Store", results: "list[Results]", folder: Path) -> Path:
    from runner.report.charts import draw_charts
    from runner.report.contents import gather
    from runner.report.markdown import whole
    from runner.report.page import page
    from runner.report.points_csv import points_csv

    contents = gather(store, results)
    html = page(contents, draw_charts(contents))
    texts = {"report.html": html, "report.md": whole(contents), "points.csv": points_csv(contents)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(encodable(text), encoding="utf-8")
    except OSError as error:
        raise Refused(f"--output={folder}: must be a folder ({error.strerror})") from None
    return folder / "report.html"


if __name__ == "__main__":
    main()
