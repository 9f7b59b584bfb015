"""A sweep that is searched runs fewer points, and goes on with nothing but the store."""

import re
from pathlib import Path

import pytest

from runner.backend import make_repeatable
from runner.tracking.tags import POINTS, SEARCH_END, SEARCH_NEXT
from tests.helpers.own_models import classifier, save
from tests.helpers.project import Command
from tests.helpers.stores import runs_in
from tests.helpers.tiny import quick

SEARCH = [
    "+search=adaptive",
    "schedule.final_sparsity=0.9,0.98,0.99,0.995",
    "schedule.epochs=1,2",
    "report.max_drop=0.2",
    "export.targets=[tflite_int8]",
    "hydra.launcher.n_jobs=1",
]


def names(folder: Path) -> list[str]:
    """Name the points of the store, in the order in which they were begun."""
    points = sorted(runs_in(folder, "point"), key=lambda point: point.started)
    return [point.name for point in points if point.status == "FINISHED"]


@pytest.mark.long
def test_a_search_ends_with_its_report_and_goes_on_where_it_stopped(
    command: Command, npz: Path, store_folder: Path
) -> None:
    typed = [*quick(npz), *SEARCH]
    first = command(*typed, "search.points=2")
    assert first.returncode == 0, first.stderr
    assert "ended after 2 of 8 points: search.points=2" in first.stdout
    begun = names(store_folder)
    assert len(begun) == 2
    (page,) = store_folder.rglob("report.html")
    assert "The search ended after 2 of 8 points: search.points=2." in page.read_text("utf-8")

    whole = command(*typed)
    assert whole.returncode == 0, whole.stderr
    tried = names(store_folder)
    assert tried[:2] == begun
    (sweep,) = runs_in(store_folder, "sweep")
    assert (sweep.status, sweep.tags[POINTS]) == ("FINISHED", str(len(tried)))
    assert sweep.tags[SEARCH_END] in whole.stdout
    assert "+search" not in sweep.tags[SEARCH_NEXT]
    assert "search.points" not in runs_in(store_folder, "point")[0].params
    # A tenth of 90 images, of which the limit is two.
    assert "others may choose another file" in sweep.tags[SEARCH_END]
    text = page.read_text("utf-8")
    assert "How the search went" in text
    assert f"The search {sweep.tags[SEARCH_END]}." in text

    again = command(*typed)
    assert again.returncode == 0
    assert re.search(rf"finished at .*, {len(tried)} points", again.stdout)
    assert names(store_folder) == tried


@pytest.mark.long
def test_a_search_goes_on_after_points_that_fail(
    command: Command, npz: Path, store_folder: Path
) -> None:
    diverges = "schedule.learning_rate=0.01,1e30"
    typed = [*quick(npz), *SEARCH[:1], "schedule.final_sparsity=0.9,0.995", diverges, *SEARCH[4:]]
    done = command(*typed)
    assert done.returncode == 1
    assert re.search(r"\d points? failed", done.stderr + done.stdout)
    statuses = {point.name: point.status for point in runs_in(store_folder, "point")}
    failed = [name for name, status in statuses.items() if status == "FAILED"]
    assert failed
    assert all("1e30" in name or "1e+30" in name for name in failed)
    assert len(runs_in(store_folder, "point")) == len(statuses)
    (sweep,) = runs_in(store_folder, "sweep")
    assert sweep.status == "FAILED"
    assert sweep.tags[SEARCH_END]


@pytest.mark.long
def test_an_own_model_is_searched_with_what_other_sweeps_have_finished(
    command: Command, npz: Path, store_folder: Path, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    path = save(classifier(), tmp_path / "own.h5")
    own = ["architecture=keras_file", f"architecture.path={path}", "architecture.check_scale=false"]
    typed = [*quick(npz), *own, *SEARCH[4:], "report.max_drop=1"]
    assert command("-m", *typed, "schedule.final_sparsity=0.5,0.9").returncode == 0
    before = {point.id for point in runs_in(store_folder, "point")}

    searched = ["+search=adaptive", "schedule.final_sparsity=0.5,0.8,0.9", "sweep.reuse=true"]
    done = command(*typed, *searched)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("reused: ") == len(before)
    # Every file keeps a limit of 100 points, and the sparsest is known from the other sweep.
    assert "stopped after 2 of 3 points: nothing smaller has more than a 10 % chance" in done.stdout
    assert len(runs_in(store_folder, "point")) == 2 * len(before)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["schedule.final_sparsity=interval(0.5,0.9)"], "or an interval with +search=adaptive"),
        (["+search=adaptive", "dataset.validation_share=0.1,0.2"], "adaptive: takes one data set"),
        (["search=adaptive"], "search=adaptive: a search is added with a plus: +search=adaptive"),
        (["+search=adaptive", "search.stop_below=2"], "search.stop_below=2: must be a share"),
        (["+search=adaptive", "search.points=1,2"], "search: takes one value for a whole sweep"),
        (["+search=adaptive", "seed=interval(2,1)"], "seed=interval(2,1): must be an interval of"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    light_command: Command, typed: list[str], words: str
) -> None:
    done = light_command("-m", *typed)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
