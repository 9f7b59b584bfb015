"""Which images files classify right is in the store, and goes with all that is said of them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runner import best, promote
from runner.measure.correct_table import TABLE, correct_csv, read_correct
from runner.point.drop_figures import NAMES
from runner.results.correct_rows import with_correct
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read
from runner.settings.targets import Target
from runner.statistics.paired import paired_drop
from runner.tracking import Store, StoreFailed
from tests.helpers.judged_sweep import KINDS, judged_sweep
from tests.helpers.project import STANDARD
from tests.helpers.stores import copied, file_of, store_in

Capture = pytest.CaptureFixture[str]


def _results(folder: Path) -> Results:
    store = store_in(folder)
    store.connect(create=False)
    return read(store, find_sweep(store, "latest"))


def test_each_file_says_which_images_it_classifies_right(folder: Path) -> None:
    rows = with_correct(store_in(folder), _results(folder)).rows
    data = np.load(folder / "tiny.npz")
    for row in rows:
        assert row.baseline is not None
        dense = row.baseline_correct[Target.H5]
        assert row.images == (len(dense.validation), len(data["y_test"]))
        for record, files in ((row.point, row.correct), (row.baseline, row.baseline_correct)):
            assert {*files} == {*STANDARD}
            for target, file in files.items():
                figures = record.figures(target)
                assert figures["accuracy"] == np.mean(file.test)
                assert figures["validation_accuracy"] == np.mean(file.validation)
                assert file.is_of_images_of(dense)
                if record is row.baseline:
                    assert not {*NAMES} & {*figures}
                    continue
                for split, name in (("validation", "validation_drop"), ("test", "accuracy_drop")):
                    interval = paired_drop(getattr(dense, split), getattr(file, split))
                    low, high = figures[f"{name}_low"], figures[f"{name}_high"]
                    assert (low, high) == (interval.low, interval.high)
                    assert low <= figures[name] <= high
                drop = row.baseline.metrics["validation_accuracy/h5"]
                drop -= figures["validation_accuracy"]
                assert figures["validation_drop"] == pytest.approx(drop, abs=1e-9)


@pytest.mark.long
def test_runs_without_the_table_are_read_as_before(folder: Path, tmp_path: Path) -> None:
    with copied(folder, tmp_path / "copy") as copy:
        whole = _results(copy)
        first, second, *_ = whole.rows
        assert first.baseline is not None
        counts = with_correct(store_in(copy), whole).rows[0].images
        baseline, damaged = (file_of(copy, each, TABLE) for each in (first.baseline, second.point))
        # Of other accuracies than the run has.
        files = read_correct(file_of(copy, first.point, TABLE).read_text())
        other = replace(files[Target.H5], test=~files[Target.H5].test)
        file_of(copy, first.point, TABLE).write_text(correct_csv(files | {Target.H5: other}))
        damaged.write_bytes(b"\xff\xfe")
        rows = with_correct(store_in(copy), whole).rows
        assert {*rows[0].correct} == {*STANDARD} - {Target.H5}
        assert rows[1].correct == {}
        assert rows[1].images == counts
        # As of an earlier version.
        for path in (baseline, *(file_of(copy, row.point, TABLE) for row in whole.rows)):
            path.unlink()
        old = with_correct(store_in(copy), whole).rows
        assert [(row.correct, row.baseline_correct) for row in old] == [({}, {})] * len(old)
        assert [row.images for row in old] == [counts] * len(old)


@pytest.mark.parametrize("main", [best.main, promote.main])
def test_a_store_that_fails_makes_no_choice(
    main: Callable[[], None], judged: Store, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    where = ["--experiment", judged.experiment, "--tracking-uri", judged.uri]
    name = ["--name", "judged"] if main is promote.main else []
    monkeypatch.setattr(sys, "argv", ["it", "judged", *name, *where])
    with _failing(judged), pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 1
    assert "failed: " in capsys.readouterr().err


def test_what_is_there_and_what_is_not_is_looked_for_once(judged: Store) -> None:
    results = read(judged, find_sweep(judged, "judged"))
    whole = with_correct(judged, results)
    with _failing(judged) as table:
        with pytest.raises(StoreFailed):
            with_correct(judged, results)
        assert with_correct(judged, whole).rows[0].correct == whole.rows[0].correct
        text = table.with_name("kept").read_text()
        table.unlink()
        old = with_correct(judged, results)
        table.write_text(text)
        assert with_correct(judged, old).rows[0].correct == {}
        assert [{*row.correct} for row in whole.rows] == [{*KINDS}]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with a sweep of one point."""
    return judged_sweep(tmp_path_factory.mktemp("judged"), images=100, lost={"0.5": 0.0})


@contextmanager
def _failing(store: Store) -> Iterator[Path]:
    """Have the disk give the point's table no more inside the block."""
    (row,) = read(store, find_sweep(store, "judged")).rows
    path = Path(store.local_file(row.point, TABLE))
    kept = path.rename(path.with_name("kept"))
    path.symlink_to(path)
    yield path
    path.unlink()
    kept.rename(path)
