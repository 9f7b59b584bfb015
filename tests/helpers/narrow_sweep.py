"""Make a sweep of points that remove channels, prune weights, do both, or only train on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from runner.measure.correct_table import TABLE, Correct, correct_csv
from runner.results.rows import Row
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Store
from runner.tracking.tags import BASELINE_RUN_ID, SWEEP

INT8 = Target.TFLITE_INT8
IMAGES = 5000
# By kind of file: its bytes, and those of its zip.
Sizes = Mapping[Target, tuple[int, int]]
_DENSE: Sizes = {Target.H5: (78_000, 72_000), INT8: (23_648, 20_132)}
_DENSE_WRONG = 100
_DENSE_MACS = 93_288.0


@dataclass(frozen=True)
class Small:
    """A point: how it is made, the bytes of its int8 file, and what it gets wrong.

    Attributes:
        wrong: images of each split, of 5,000; the dense network has 100 wrong.
        others: more settings.
    """

    share: str
    sparsity: str
    size: int
    zipped: int
    wrong: int
    start: str = "kept"
    epochs: int = 4
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, str]:
        """Its settings, as the runner logs them."""
        schedule = {"initial_sparsity": "0.0", "final_sparsity": self.sparsity}
        params = {f"schedule.{name}": value for name, value in schedule.items()}
        params |= {"schedule.epochs": str(self.epochs), "channels.share": self.share, **self.others}
        if self.share == "0.0":
            return params
        return {**params, "channels.start": self.start, "channels.epochs": "2"}

    @property
    def network(self) -> dict[str, float]:
        """How large its network is: the narrower by half, the fewer multiplications by far."""
        kept = 1 - float(self.share)
        return {"macs": _DENSE_MACS * kept**2, "channels_kept": kept}


# As in a measurement on MNIST: both together are the smallest.
POINTS: Sequence[Small] = (
    Small("0.0", "0.0", 23_648, 20_000, 80),
    Small("0.0", "0.0", 23_648, 20_010, 70, epochs=8),
    Small("0.0", "0.8", 23_648, 8_346, 110),
    Small("0.0", "0.9", 23_648, 6_000, 300),
    Small("0.5", "0.0", 9_832, 7_785, 105),
    Small("0.5", "0.0", 9_832, 7_800, 400, "fresh"),
    Small("0.5", "0.5", 9_832, 5_994, 120),
    Small("0.5", "0.5", 9_832, 6_010, 500, "fresh"),
)


def narrow_rows(
    points: Sequence[Small] = POINTS,
    seeds: Sequence[int] = (0,),
    network: str = "",
    dense_wrong: int = _DENSE_WRONG,
) -> list[Row]:
    """Make the rows of such a sweep without a store; `point 3` is the fourth of the points.

    Args:
        network: of which all points are, where that is to be told.
        dense_wrong: images of each split that the dense network gets wrong.
    """
    rows = []
    own = f"{network} " if network else ""
    for seed in seeds:
        params = {"dataset.name": "npz", "seed": str(seed)}
        params |= {"architecture.name": network} if network else {}
        dense = _record(f"{own}dense {seed}", params, _dense_metrics(dense_wrong))
        for number, each in enumerate(points):
            name = f"{own}point {number}{f' seed={seed}' if len(seeds) > 1 else ''}"
            # Another seed has some more images wrong.
            record = _record(name, {**params, **each.params}, _metrics(each, seed))
            answers = {INT8: _answers(each.wrong + seed)}
            rows.append(
                Row(
                    record,
                    dense,
                    correct=answers,
                    baseline_correct=dict.fromkeys(_DENSE, _answers(dense_wrong)),
                )
            )
    return rows


def narrow_sweep(folder: Path, points: Sequence[Small] = POINTS, data: Sequence[str] = ()) -> Store:
    """Log such a sweep in the store of a folder; a file may lose a point of accuracy.

    Args:
        data: names of the data sets, on each of which it has all points.
    """
    store = Store(f"sqlite:///{folder}/mlflow.db", "sparsity")
    store.connect()
    sweep = store.new_run(Kind.SWEEP, "narrow", {"report.max_drop": "0.01"}, {SWEEP: "narrow"})
    sweep.flush()
    for name in data or ("npz",):
        params = {"dataset.name": name}
        dense = store.new_run(Kind.BASELINE, f"dense {name}", params, {})
        dense.log_metrics(_dense_metrics())
        tables = dict.fromkeys(_DENSE, _answers(_DENSE_WRONG))
        dense.log_text(correct_csv(tables), TABLE)
        dense.flush()
        for number, each in enumerate(points):
            tags, own = {BASELINE_RUN_ID: dense.id}, {**params, **each.params}
            point = store.new_run(Kind.POINT, f"point {number}", own, tags, sweep.id)
            point.log_metrics(_metrics(each))
            point.log_text(correct_csv({INT8: _answers(each.wrong)}), TABLE)
            point.end("FINISHED")
    sweep.end("FINISHED")
    return store


def _record(name: str, params: Mapping[str, str], metrics: Mapping[str, float]) -> Record:
    return Record(name, name, "FINISHED", params, {}, metrics, f"/runs/{name}")


def _answers(wrong: int) -> Correct:
    right = np.arange(IMAGES) >= wrong
    return Correct("digest", right, right)


def _dense_metrics(wrong: int = _DENSE_WRONG) -> dict[str, float]:
    return {**_figures(_DENSE, wrong), "sparsity": 0.0, "macs": _DENSE_MACS}


def _metrics(each: Small, more: int = 0) -> dict[str, float]:
    figures = _figures({INT8: (each.size, each.zipped)}, each.wrong + more)
    return {**figures, "sparsity": float(each.sparsity), **each.network}


def _figures(files: Sizes, wrong: int) -> dict[str, float]:
    share = 1 - wrong / IMAGES
    found: dict[str, float] = {}
    for target, (size, zipped) in files.items():
        values = {"size_bytes": size, "zip_bytes": zipped, "zip_ratio": 72_000 / zipped}
        values |= {"accuracy": share, "validation_accuracy": share, "latency_ms": size / 1e6}
        values |= {"runs_on_tflm": float(target is INT8), "tflm_arena_bytes": 9000}
        found |= {f"{name}/{target}": float(value) for name, value in values.items()}
    return found
