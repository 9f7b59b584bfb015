"""Run published recipes on two real data sets, and print our figures next to the published ones.

    RUNNER_DATA=FOLDER python -m benchmarks.recipes

Published: the TensorFlow Model Optimization tutorial "Pruning in Keras example" for MNIST, and the
article whose Fashion-MNIST network is shipped as fashion_cnn.
"""

import csv
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from runner.tracking import Kind, Record, Store


@dataclass(frozen=True)
class Recipe:
    """One point of a shipped sweep, and what was published for it."""

    sweep: str
    epochs: int
    published_baseline: str
    published_pruned: str
    published_zipped: Mapping[str, str]


_TUTORIAL = {"h5": "25.7 kB", "tflite_dynamic": "8.2 kB"}
RECIPES = (
    Recipe("mnist", 2, "97.68 % (after 4 epochs)", "97.3 %", _TUTORIAL),
    Recipe("fashion_mnist", 6, "86.97 %", "82.90 %", {}),
)
_TARGETS = ("h5", "tflite_float32", "tflite_dynamic", "tflite_int8")


def main() -> None:
    """Run the recipes one after the other and print a Markdown table of each."""
    for recipe in RECIPES:
        with tempfile.TemporaryDirectory() as folder:
            _run(recipe, Path(folder))
            _print(recipe, store_in(Path(folder)))


def _run(recipe: Recipe, folder: Path) -> None:
    command = [sys.executable, "-m", "runner", f"+sweep={recipe.sweep}"]
    point = ["initial_sparsity=0.5", "final_sparsity=0.8", f"epochs={recipe.epochs}"]
    settings = [f"schedule.{setting}" for setting in point]
    command += [*settings, *settings_within(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _print(recipe: Recipe, store: Store) -> None:
    (point,) = store.of_kind(Kind.POINT)
    (baseline,) = store.of_kind(Kind.BASELINE)
    print(f"\n{recipe.sweep}: 0.5 to 0.8 in {recipe.epochs} epochs\n")
    print("| figure | published | here |")
    print("|---|---|---|")
    print(f"| baseline, test | {recipe.published_baseline} | {_percent(baseline, 'h5')} |")
    print(f"| pruned, test | {recipe.published_pruned} | {_percent(point, 'h5')} |")
    for target in _TARGETS:
        size, ratio = point.metrics[f"zip_bytes/{target}"], point.metrics[f"zip_ratio/{target}"]
        published = recipe.published_zipped.get(target, "")
        print(f"| {target}, zipped | {published} | {size:,.0f} B, {ratio:.2f} times smaller |")
    same = point.metrics["agreement/tflite_float32"]
    print(f"| tflite_float32 agrees with Keras | | {same:.2%} of the test images |")
    print(f"| largest sparsity error of a layer | | {_layer_error(store, point):.4f} |")


def _percent(run: Record, target: str) -> str:
    return f"{run.metrics[f'accuracy/{target}'] * 100:.2f} %"


def _layer_error(store: Store, point: Record) -> float:
    with Path(store.local_file(point, "layers.csv")).open(encoding="utf-8") as file:
        layers = list(csv.DictReader(file))
    pruned = [layer for layer in layers if layer["asked"]]
    return max(abs(float(layer["sparsity"]) - float(layer["asked"])) for layer in pruned)


if __name__ == "__main__":
    main()
