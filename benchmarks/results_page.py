"""Names of sweeps go in; a page of all their files, beside published figures, is written.

    python -m benchmarks.results_page SWEEP... [--output docs/results.md]

Every figure of ours is read from MLflow; what others published is in benchmarks/published.py.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.published import PUBLISHED, Published
from runner.command import DONE, add_sweep, enter, parser
from runner.results.finding import find_sweep
from runner.results.rows import Row, read, targets
from runner.targets import Target
from runner.tracking import Record, Store

_TITLE = """# Results

Made by `python -m benchmarks.results_page {sweeps}` from the runs of these sweeps; every figure
below is one of MLflow's. Each cell: test accuracy, bytes, bytes zipped, and how many times smaller
the zipped file is than the zipped h5 of the dense baseline, which is the first row. Files are made
of the same weights: the rows of one table differ in what was done to the network, the columns in
how it was written."""


def main() -> None:
    """Read the sweeps and write the page."""
    made = parser("results_page", __doc__ or "", "the store failed")
    made.prog = "python -m benchmarks.results_page"
    add_sweep(made, several=True)
    made.add_argument("--output", type=Path, metavar="FILE", default=Path("docs/results.md"))
    enter(made, _act)


def _act(arguments: argparse.Namespace, store: Store) -> int:
    rows = [
        row
        for name in arguments.sweep
        for row in read(store, find_sweep(store, name)).rows
        if row.baseline and row.point.status == "FINISHED"
    ]
    sections = [_TITLE.format(sweeps=" ".join(arguments.sweep))]
    for data, architecture in dict.fromkeys(map(_network, rows)):
        part = [row for row in rows if _network(row) == (data, architecture)]
        sections.append("\n".join(_section(data, architecture, part)))
    arguments.output.write_text("\n\n".join(sections) + "\n")
    print(f"{arguments.output}: {len(rows)} points")
    return DONE


def _network(row: Row) -> tuple[str, str]:
    params = row.point.params
    return params["dataset.name"], params["architecture.name"]


def _section(data: str, architecture: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"## {architecture} on {data}"
    yield ""
    for published in PUBLISHED:
        if (published.data, published.architecture) == (data, architecture):
            yield from _beside(published, rows)
    kinds = targets(rows)
    yield _line(["sparsity", "compress", "distinct", *kinds])
    yield _line(["---"] * (len(kinds) + 3))
    baselines = {row.baseline.id: row.baseline for row in rows if row.baseline}
    for baseline in baselines.values():
        yield _line(["0", "baseline", "", *_cells(baseline, kinds)])
    for row in sorted(rows, key=_order):
        params = row.point.params
        yield _line(
            [
                f"{row.point.metrics['sparsity']:.3f}",
                params.get("compress.name", "none"),
                params.get("compress.clusters", "") if "cluster" in params["compress.name"] else "",
                *_cells(row.point, kinds),
            ]
        )


def _beside(published: Published, rows: Sequence[Row]) -> Iterator[str]:
    pruned = next((row for row in rows if _like_published(row.point)), None)
    if pruned is None or pruned.baseline is None:
        return
    runs = {"baseline": pruned.baseline, "pruned": pruned.point}
    yield f"Beside what was published by {published.source}:"
    yield ""
    yield _line(["figure", "published", "here"])
    yield _line(["---"] * 3)
    for figure in published.figures:
        value = runs[figure.run].metrics[figure.metric]
        here = f"{value:,.0f} B" if "bytes" in figure.metric else f"{value * 100:.2f} %"
        yield _line([figure.what, figure.published, here])
    yield ""


def _like_published(point: Record) -> bool:
    params = point.params
    return params["compress.name"] == "none" and params["schedule.final_sparsity"] == "0.8"


def _order(row: Row) -> tuple[float, str]:
    return round(row.point.metrics["sparsity"], 2), row.point.params["compress.name"]


def _cells(record: Record, kinds: Sequence[Target]) -> list[str]:
    return [_cell(record, kind) if record.has_file(kind) else "" for kind in kinds]


def _cell(record: Record, kind: Target) -> str:
    def figure(name: str) -> float:
        return record.metrics[f"{name}/{kind}"]

    return (
        f"{figure('accuracy'):.2%} · {figure('size_bytes'):,.0f} · {figure('zip_bytes'):,.0f} · "
        f"{figure('zip_ratio'):.1f}x"
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
