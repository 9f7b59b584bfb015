"""A report names the classes that paid, however many there are."""

from pathlib import Path

import numpy as np
import pytest

from runner.measure.class_table import classes_csv, confusion_csv
from runner.report.charts import draw_charts
from runner.report.contents import Contents, gather
from runner.report.markdown import whole
from runner.report.page import page
from runner.results.rows import read
from runner.tracking import Kind, Store

IMAGES = 30
FALLEN, NOISY = 7, 11


def _contents(folder: Path, classes: int) -> Contents:
    """A sweep of one file that has lost most of one class, and two images of another."""
    names = [f"<b>{number}</b>" for number in range(classes)]
    labels = np.repeat(np.arange(classes), IMAGES)
    answers = labels.copy()
    answers[FALLEN * IMAGES :][:20] = 0
    answers[NOISY * IMAGES :][:2] = 1
    store = Store(f"sqlite:///{folder}/mlflow.db", "sparsity")
    dense = store.new_run(Kind.BASELINE, "dense", {}, {})
    dense.log_metrics({"validation_accuracy/h5": 1, **_figures()})
    dense.log_text(confusion_csv(names, labels, labels), "confusion/h5.csv")
    dense.flush()
    sweep = store.new_run(Kind.SWEEP, "one", {}, {"runner.sweep": "one"})
    sweep.flush()
    tags = {"runner.baseline_run_id": dense.id}
    point = store.new_run(Kind.POINT, "pruned", {}, tags, sweep.id)
    point.log_metrics(_figures())
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names))
    point.log_file(folder / "labels.txt", "models")
    point.log_text(classes_csv(names, labels, {"h5": answers}, labels), "classes.csv")
    point.log_text(confusion_csv(names, labels, answers), "confusion/h5.csv")
    point.flush()
    return gather(store, [read(store, store.get(sweep.id))])


def _figures() -> dict[str, float]:
    names = ("size_bytes", "zip_bytes", "zip_ratio", "accuracy", "validation_accuracy")
    return {f"{name}/h5": 1.0 for name in names}


@pytest.mark.parametrize(("classes", "shown"), [(12, 12), (100, 20)])
def test_the_class_that_paid_is_named_and_shown(
    store_folder: Path, classes: int, shown: int
) -> None:
    contents = _contents(store_folder, classes)
    charts = draw_charts(contents)
    dense, pruned = charts["confusion"].data
    assert len(dense.x) == len(pruned.y) == shown
    row = list(pruned.y).index(f"&lt;b&gt;{FALLEN}&lt;/b&gt;")
    assert pruned.z[row][row] == pytest.approx(10 / IMAGES)
    assert dense.z[row][row] == 1
    paid = "paid for the compression beyond noise: {} from 100.0% to 33.3%. The weakest class is"
    assert paid.format(f"&lt;b&gt;{FALLEN}&lt;/b&gt;") in whole(contents)
    html = page(contents, charts)
    assert paid.format(f"&lt;b&gt;{FALLEN}&lt;/b&gt;") in html
    assert f"<b>{FALLEN}" not in html
