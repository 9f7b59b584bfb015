"""Print what settings of training bring, beside training as it is by default, over seeds.

    python -m benchmarks.training_table SWEEP...

Each point is compared with the point of the same seed and sparsity that is trained as by default;
of several such, with the one that has the fewest epochs. The accuracies are those of the h5 files.
Prints a section of docs/results.md.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from runner.cli.command import add_sweep, enter, parser
from runner.cli.failure import DONE
from runner.results.lookup import find_sweep
from runner.results.network import network_name
from runner.results.rows import SEED, Row, read, repeats, seed_of, varying
from runner.settings import Settings
from runner.settings.distillation import DistillationGroup
from runner.settings.labels import point_name
from runner.settings.parameters import point_parameters
from runner.settings.targets import Target
from runner.settings.training import TRAINING_NAMES
from runner.tracking import Store

TITLE = "What settings of training bring"
_NAMES = TRAINING_NAMES | frozenset(DistillationGroup.model_fields)
_SPARSITY, _EPOCHS = "schedule.final_sparsity", "schedule.epochs"
_HEADING = (
    *("settings", "seeds", "baseline, test", "pruned, validation", "pruned, test"),
    *("change of validation, points", "change of test, points"),
)


@dataclass(frozen=True)
class _Way:
    """Rows of a sweep that differ in nothing but their seed."""

    rows: Sequence[Row]

    @property
    def params(self) -> Mapping[str, str]:
        return self.rows[0].point.params

    def accuracies(self, figure: str, of_baseline: bool = False) -> dict[str, float]:
        """Return an accuracy of each seed, as a share."""
        records = [(row.baseline if of_baseline else row.point) for row in self.rows]
        named = zip(self.rows, records, strict=True)
        name = f"{figure}/{Target.H5}"
        return {seed_of(row.point): record.metrics[name] for row, record in named if record}


def main() -> None:
    """Read the sweeps and print the section."""
    made = parser("training_table", __doc__ or "", "the store failed")
    made.prog = "python -m benchmarks.training_table"
    add_sweep(made, several=True)
    enter(made, _act)


def _act(arguments: argparse.Namespace, store: Store) -> int:
    print(f"## {TITLE}\n")
    print(f"Printed by `python -m benchmarks.training_table {' '.join(arguments.sweep)}`.")
    for name in arguments.sweep:
        results = read(store, find_sweep(store, name))
        done = [row for row in results.rows if row.point.status == "FINISHED" and row.baseline]
        ways = [_Way(rows) for rows in repeats(done, lambda row: row.point)]
        for sparsity in sorted({way.params[_SPARSITY] for way in ways}):
            alike = [way for way in ways if way.params[_SPARSITY] == sparsity]
            network, data = network_name(alike[0].rows[0].point), alike[0].params["dataset.name"]
            print(f"\n### {network} on {data}, sparsity {sparsity} (`+sweep={results.name}`)\n")
            print("\n".join(_table(alike)))
    return DONE


def _table(ways: Sequence[_Way]) -> Iterator[str]:
    changing = varying([row.point for way in ways for row in way.rows])
    plain = _plain(ways, changing)
    yield _line(_HEADING)
    yield _line(["---"] * len(_HEADING))
    for way in [plain, *(way for way in ways if way is not plain)]:
        yield _line([_name(way, plain, changing), str(len(way.rows)), *_cells(way, plain)])


def _plain(ways: Sequence[_Way], changing: Sequence[str]) -> _Way:
    """Return the points that are trained as by default: the shortest, else the most like others."""
    usual = point_parameters(Settings())
    default = [way for way in ways if all(_is_usual(way.params, name, usual) for name in usual)]
    counts = {name: Counter(way.params.get(name) for way in ways) for name in changing}

    def rank(way: _Way) -> tuple[int, int]:
        alike = sum(counts[name][way.params.get(name)] for name in changing)
        return int(way.params[_EPOCHS]), -alike

    return min(default, key=rank)


def _is_usual(params: Mapping[str, str], name: str, usual: Mapping[str, str]) -> bool:
    group, _, setting = name.partition(".")
    of_training = setting in _NAMES or group == "augment"
    return not of_training or params.get(name, usual[name]) == usual[name]


def _name(way: _Way, plain: _Way, changing: Sequence[str]) -> str:
    usual = plain.params
    # A setting that only some ways have need not vary among them.
    shown = [name for name in way.params if name in changing or name not in usual]
    other = {name: way.params[name] for name in shown if way.params[name] != usual.get(name)}
    other.pop(SEED, None)
    return point_name(other) if other else "as by default"


def _cells(way: _Way, plain: _Way) -> Iterator[str]:
    yield _percent(way.accuracies("accuracy", of_baseline=True))
    figures = ("validation_accuracy", "accuracy")
    for figure in figures:
        yield _percent(way.accuracies(figure))
    for figure in figures:
        yield "" if way is plain else _change(way.accuracies(figure), plain.accuracies(figure))


def _percent(accuracies: Mapping[str, float]) -> str:
    return f"{mean(accuracies.values()):.2%}"


def _change(accuracies: Mapping[str, float], others: Mapping[str, float]) -> str:
    """Return the mean difference in points, and the least and the largest of a seed."""
    changes = [100 * (accuracies[seed] - others[seed]) for seed in accuracies if seed in others]
    return f"{mean(changes):+.2f} ({min(changes):+.2f} to {max(changes):+.2f})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
