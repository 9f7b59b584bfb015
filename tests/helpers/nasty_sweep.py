"""Write a sweep into a store, all of whose names and texts come from outside."""

import csv
import io
from pathlib import Path

import numpy as np

from runner.measure.class_table import Classes, classes_csv, confusion_csv
from runner.results.rows import Results, read
from runner.settings.targets import Target
from runner.tracking import Kind, Run, Store
from tests.helpers.nasty_names import NAMES

# No database holds lone surrogates: these names are what is left of such ones.
STORED = [name.encode(errors="backslashreplace").decode() for name in NAMES.values()]
# Few, for each run takes time to write.
POINTS = [" ".join(STORED[first::5]) for first in range(5)]
_IMAGES = 30


def nasty_sweep(folder: Path) -> tuple[Store, Results]:
    """Return a store, and its sweep: points and classes of all names, one failed."""
    store = Store(f"sqlite:///{folder}/nasty.db", "sparsity")
    dense = store.new_run(Kind.BASELINE, "dense", {"dataset.name": "digits"}, {})
    dense.log_metrics(_figures(0))
    labels = np.repeat(np.arange(len(STORED)), _IMAGES)
    dense.log_text(confusion_csv(STORED, labels, labels), "confusion/h5.csv")
    dense.flush()
    everything = " ".join(STORED)
    tags = {"runner.sweep": everything, "runner.command": everything, "runner.versions": everything}
    params = {"report.max_drop": "0.5", "text": everything}
    sweep = store.new_run(Kind.SWEEP, everything, params, tags)
    sweep.flush()
    for number, name in enumerate(POINTS):
        # With channels removed, so that the ways are compared, too.
        params = {"dataset.name": "digits", "text": name, "channels.share": "0.5"}
        point = store.new_run(
            Kind.POINT, name, params, {"runner.baseline_run_id": dense.id}, sweep.id
        )
        if number == 0:
            point.end("FAILED", everything)
            continue
        point.log_metrics(_figures(number) | {"sparsity": 0.5})
        point.log_history({"loss": [1.0, 0.5], "val_accuracy": [0.5, 0.6]})
        if number == len(POINTS) - 1:
            _log_classes(point, labels)
            point.log_text(_layers(), "layers.csv")
        point.flush()
    return store, read(store, store.get(sweep.id))


def _log_classes(point: Run, labels: Classes) -> None:
    # Every class but one has paid, so that they are named.
    answers = np.zeros_like(labels)
    point.log_text("".join(f"{' '.join(each.split())}\n" for each in STORED), "models/labels.txt")
    point.log_text(classes_csv(STORED, labels, {"h5": answers}, labels), "classes.csv")
    point.log_text(confusion_csv(STORED, labels, answers), "confusion/h5.csv")


def _layers() -> str:
    """Write the table as earlier versions did."""
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(["layer", "weight", "sparsity", "prunable"])
    table.writerows([name, "kernel", 0.5, True] for name in STORED)
    return text.getvalue()


def _figures(number: int) -> dict[str, float]:
    values = {
        "size_bytes": 9000.0,
        "zip_bytes": 8000.0 - number,
        "zip_ratio": 1 + number / 10,
        "accuracy": 0.9,
        "validation_accuracy": 0.9 - number / 1000,
    }
    return {f"{name}/{Target.H5}": value for name, value in values.items()}
