"""Write a page of all files of some sweeps, next to the figures that others published.

    python -m benchmarks.results_page SWEEP... [--output docs/results.md]

Every figure of ours is read from MLflow; what others published is in
benchmarks/fixtures/published_results.py.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import training_table
from benchmarks.fixtures.device_cells import ON_DEVICES, Cell, loss_cell
from benchmarks.fixtures.published_results import PUBLISHED, Ours, Published
from runner.cli.command import add_sweep, enter, parser
from runner.cli.failure import DONE
from runner.results.choice import Limits, files
from runner.results.correct_rows import with_correct
from runner.results.decision import decision
from runner.results.evidence import Evidence
from runner.results.evidence_words import sentences
from runner.results.file_words import in_points
from runner.results.lookup import find_sweep
from runner.results.network import network_name
from runner.results.rows import Results, Row, read, targets
from runner.results.way import channels_kept, removes_channels
from runner.results.ways_table import TITLE
from runner.settings.targets import Target
from runner.tracking import Record, Store

_TITLE = """# Results

Made by `python -m benchmarks.results_page {sweeps}` from the runs of these sweeps; every figure of
ours is one of MLflow's. Each cell: test accuracy, bytes, bytes zipped, and how many times smaller
the zipped file is than the zipped h5 of the dense baseline, which is the first row. The rows of a
table differ in what was done to the network, the columns in how it was written to a file; after
quantization-aware training, tflite_int8 has the ranges that were learnt. Where devices were asked,
a table for each follows, of the files that it runs: bytes of flash and of TFLite Micro's arena on
x86-64, or flash and cycles as Vela estimates them. Where channels were removed, their share that is
left comes first; the sparsity is that of the weights that are left with them."""

_LOSSES = "Points of test accuracy that each file loses, and the 95 % interval of that:"
# Printed by `python -m benchmarks.ways`, `.training_table` and `.calibration`.
_OTHERS = (
    f"## {TITLE}\n",
    f"## {training_table.TITLE}\n",
    "## How often a choice keeps its limit\n",
)


def main() -> None:
    """Read the sweeps and write the page."""
    page_parser = parser("results_page", __doc__ or "", "the store failed")
    page_parser.prog = "python -m benchmarks.results_page"
    add_sweep(page_parser, several=True)
    page_parser.add_argument("--output", type=Path, metavar="FILE", default=Path("docs/results.md"))
    enter(page_parser, _act)


def _act(arguments: argparse.Namespace, store: Store) -> int:
    sections = [_TITLE.format(sweeps=" ".join(arguments.sweep))]
    for name in arguments.sweep:
        results = with_correct(store, read(store, find_sweep(store, name)))
        rows = [row for row in results.rows if row.baseline and row.point.status == "FINISHED"]
        for network in dict.fromkeys(map(_network, rows)):
            part = [row for row in rows if _network(row) == network]
            sections.append("\n".join(_section(results, part)))
    tables = len(sections) - 1
    sections += _by_hand(arguments.output)
    arguments.output.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    print(f"{arguments.output}: {tables} tables")
    return DONE


def _by_hand(page: Path) -> list[str]:
    """Return the sections that other benchmarks print, which stand last on the page."""
    before = page.read_text(encoding="utf-8") if page.is_file() else ""
    begins = min((at for heading in _OTHERS if (at := before.find(heading)) >= 0), default=None)
    return [] if begins is None else [before[begins:].rstrip("\n")]


def _network(row: Row) -> tuple[str, str]:
    return row.point.params["dataset.name"], network_name(row.point)


def _section(results: Results, rows: Sequence[Row]) -> Iterator[str]:
    data, architecture = _network(rows[0])
    # Files of version 0.1, which had no such setting, take any number of images.
    batch = rows[0].point.params.get("export.batch", "null")
    yield f"## {architecture} on {data} (`+sweep={results.name} export.batch={batch}`)"
    yield ""
    decided = decision(rows, Limits(results.max_drop))
    picked, baseline = decided.file, decided.baseline
    pruned = next((row.point for row in rows if _only_pruned(row.point)), None)
    for published in PUBLISHED:
        if baseline and (published.sweep, published.architecture) == (results.name, architecture):
            yield from _comparison(published, Ours(baseline, pruned, picked, files(rows)))
    yield from _table(rows, targets(rows), _cell)
    yield from ("", _LOSSES, "")
    yield from _table(rows, targets(rows), loss_cell)
    for device, cell in ON_DEVICES.items():
        kinds = [kind for kind in targets(rows) if any(cell(row.point, kind) for row in rows)]
        if kinds:
            yield from ("", f"On {device}:", "")
            yield from _table(rows, kinds, cell)
    if picked:
        yield ""
        yield (
            f"Smallest file within {in_points(results.max_drop)} of the baseline's validation "
            f"accuracy: {picked.target} of {picked.point.name}, {picked.zip_bytes:,.0f} bytes "
            f"zipped, {picked.zip_ratio:.1f} times smaller, test accuracy {picked.accuracy:.2%}."
        )
        evidence = Evidence.of(decided)
        yield " ".join(sentences(evidence)) if evidence else ""


def _only_pruned(point: Record) -> bool:
    return _compressed(point)[0] == "none" and point.params["schedule.final_sparsity"] == "0.8"


def _comparison(published: Published, ours: Ours) -> Iterator[str]:
    yield f"Beside {published.source}:"
    yield ""
    yield _line(["figure", "published", "here"])
    yield _line(["---"] * 3)
    for what, (figure, read_ours) in published.figures.items():
        yield _line([what, figure, read_ours(ours)])
    yield ""


def _table(rows: Sequence[Row], kinds: Sequence[Target], cell: Cell) -> Iterator[str]:
    narrow = any(removes_channels(row.point) for row in rows)
    treatment = [*(["channels"] if narrow else []), "sparsity", "compress", "clusters"]
    yield _line([*treatment, *kinds])
    yield _line(["---"] * (len(treatment) + len(kinds)))
    baselines = {row.baseline.id: row.baseline for row in rows if row.baseline}
    records = [*baselines.values(), *sorted((row.point for row in rows), key=_order)]
    for record in records:
        done = ["0", "baseline", ""] if record.id in baselines else _treatment(record)
        kept = [_percent(channels_kept(record))] if narrow else []
        yield _line([*kept, *done, *_cells(record, kinds, cell)])


def _treatment(point: Record) -> list[str]:
    return [f"{point.metrics['sparsity']:.3f}", *_compressed(point)]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _order(point: Record) -> tuple[float, str, int]:
    compress, clusters = _compressed(point)
    return round(point.metrics["sparsity"], 2), compress, int(clusters or 0)


def _compressed(point: Record) -> tuple[str, str]:
    """Return what followed pruning, and the number of clusters where it made some."""
    name = point.params.get("compress.name", "none")
    return name, point.params.get("compress.clusters", "") if "cluster" in name else ""


def _cells(record: Record, kinds: Sequence[Target], cell: Cell) -> list[str]:
    return [cell(record, kind) if record.has_file(kind) else "" for kind in kinds]


def _cell(record: Record, kind: Target) -> str:
    accuracy, size, zipped, ratio = (
        record.metrics[f"{name}/{kind}"]
        for name in ("accuracy", "size_bytes", "zip_bytes", "zip_ratio")
    )
    return f"{accuracy:.2%} · {size:,.0f} · {zipped:,.0f} · {ratio:.1f}x"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
