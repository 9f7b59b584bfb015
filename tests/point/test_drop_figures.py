"""Drops get intervals where the baseline tells which images it has right; else nothing fails."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.measure.correct_table import TABLE, Correct
from runner.point.baseline_run import BaselineRun
from runner.point.context import PointContext
from runner.point.drop_figures import NAMES, drop_figures
from runner.statistics.paired import paired_drop
from tests.helpers.project import Configure
from tests.helpers.stores import file_of, runs_in

ALL = np.ones(200, np.bool_)
# The file has 20 of the validation images wrong, and 5 of the test images.
DENSE = Correct("data", ALL, ALL[:50])
FILE = Correct("data", np.arange(200) >= 20, np.arange(50) >= 5)


def test_each_split_has_its_interval() -> None:
    figures = drop_figures(DENSE, FILE)
    assert tuple(figures) == NAMES
    assert figures["validation_drop"] == pytest.approx(0.1)
    for name, one, other in (
        ("validation_drop", DENSE.validation, FILE.validation),
        ("accuracy_drop", DENSE.test, FILE.test),
    ):
        interval = paired_drop(one, other)
        ends = figures[f"{name}_low"], figures[f"{name}_high"]
        assert ends == (interval.low, interval.high)
        assert 0 < ends[0] < 0.1 < ends[1]


def test_what_cannot_be_compared_image_by_image_has_none() -> None:
    assert drop_figures(None, FILE) == {}
    assert drop_figures(Correct("other", DENSE.validation, DENSE.test), FILE) == {}
    assert drop_figures(Correct("data", DENSE.validation[1:], DENSE.test), FILE) == {}


@pytest.mark.long
def test_a_lost_or_damaged_table_of_the_baseline_is_made_again(
    settings: Configure, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_repeatable(1, 1)
    context = PointContext.of(settings("export.targets=[h5]"), tmp_path / "files")
    context.store.connect()
    run = BaselineRun(context)
    _, reference = run.obtain()
    (record,) = runs_in(tmp_path, "baseline")
    assert reference.correct is not None
    assert np.mean(reference.correct.test) == reference.accuracy
    path = file_of(tmp_path, record, TABLE)
    whole = path.read_bytes()
    for damage in (b"\xff\xfe\x00", whole.replace(b"h5,test", b"h5,tests"), None):
        path.unlink() if damage is None else path.write_bytes(damage)
        caplog.clear()
        again = run.obtain()[1].correct
        assert any(
            each.endswith("correct.csv: its files are made again") for each in caplog.messages
        )
        assert path.read_bytes() == whole
        assert again is not None
        assert np.array_equal(again.validation, reference.correct.validation)
