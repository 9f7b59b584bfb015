"""Log a sweep whose points and baselines say which images their files classify right."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from runner.measure.correct_table import TABLE, Correct, correct_csv
from runner.settings.targets import Target
from runner.tracking import Kind, Run, Store
from runner.tracking.tags import BASELINE_RUN_ID, SWEEP

# Shares of the images that the dense model has right and the file wrong, by sparsity.
LOST: Mapping[str, float] = {"0.5": 0.002, "0.8": 0.012, "0.95": 0.08}
KINDS = {Target.H5: 1.0, Target.TFLITE_INT8: 0.25}
_DENSE_WRONG = 0.04


def judged_sweep(
    folder: Path,
    seeds: Sequence[int] = (0,),
    images: int = 1000,
    lost: Mapping[str, float] = LOST,
    bits: bool = True,
) -> Store:
    """Log a sweep in the store of a folder: a point for each sparsity and seed, and baselines.

    Args:
        images: of each split.
        bits: whether the runs hold their tables of correct images.
    """
    store = Store(f"sqlite:///{folder}/mlflow.db", "sparsity")
    store.connect()
    sweep = store.new_run(Kind.SWEEP, "judged", {"report.max_drop": "0.01"}, {SWEEP: "judged"})
    sweep.flush()
    for seed in seeds:
        draw = np.random.default_rng(seed)
        dense = draw.random(images) >= _DENSE_WRONG
        params = {"dataset.name": "npz", "seed": str(seed)}
        baseline = store.new_run(Kind.BASELINE, f"dense seed={seed}", params, {})
        _log(baseline, 1.0, dict.fromkeys(KINDS, dense), bits)
        for sparsity, share in lost.items():
            varied = {**params, "schedule.final_sparsity": sparsity}
            label = f"final={sparsity} seed={seed}" if len(seeds) > 1 else f"final={sparsity}"
            tags = {BASELINE_RUN_ID: baseline.id}
            point = store.new_run(Kind.POINT, label, varied, tags, sweep.id)
            right = {
                kind: dense & (draw.random(images) >= share * (1 + number))
                for number, kind in enumerate(KINDS)
            }
            _log(point, 1.05 - float(sparsity), right, bits)
            point.end("FINISHED")
    sweep.end("FINISHED")
    return store


def _log(
    run: Run, left: float, right: Mapping[Target, np.typing.NDArray[np.bool_]], bits: bool
) -> None:
    for kind, each in right.items():
        size = 80_000 * left * KINDS[kind]
        share = float(np.mean(each))
        figures = {
            "size_bytes": size,
            "zip_bytes": size,
            "zip_ratio": 80_000 / size,
            "accuracy": share,
            "validation_accuracy": share,
        }
        run.log_metrics({f"{metric}/{kind}": value for metric, value in figures.items()})
    run.log_metrics({"sparsity": 1 - left})
    if bits:
        run.log_text(correct_csv({k: Correct("digest", v, v) for k, v in right.items()}), TABLE)
    run.flush()
