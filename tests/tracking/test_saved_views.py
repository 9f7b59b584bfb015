"""Views of MLflow's pages: their tags' text, how many there are, and stores that take none."""

import base64
import json
import sqlite3
import threading
import zlib
from contextlib import closing
from pathlib import Path

import mlflow
import pytest

from runner.tracking import Store, StoreFailed
from runner.tracking.saved_views.keep import MOST, forget, keep, points_key
from runner.tracking.saved_views.server import TESTED, takes_views, version
from runner.tracking.saved_views.tag_text import PREFIX, read
from runner.tracking.saved_views.view import Charts, Column, Kind, View
from tests.helpers.gateway import Unwell, gateway

SIZE = Column(Kind.METRIC, "zip_bytes/h5")
CHARTS = Charts("zip_bytes/h5", "accuracy/h5", ("seed",))
SWEEPS = View("runner-sweeps", "sweeps", "tags.`runner.kind` = 'sweep'")
SEARCH = "searchFilter=tags.%60runner.kind%60%20%3D%20%27sweep%27"


def _points(number: int) -> View:
    """The view of the points of one of many sweeps; the larger the number, the newer."""
    key = points_key(f"{number:032x}"[::-1])
    return View(key, f"points {number}", "x", number, SIZE, (SIZE,), CHARTS)


@pytest.fixture
def store(store_folder: Path) -> Store:
    made = Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")
    made.connect()
    return made


def _tags(store: Store) -> dict[str, str]:
    return dict(store.connection.get_experiment(store.experiment_id).tags)


def test_the_tag_is_in_the_format_of_the_version_that_was_tested(store: Store) -> None:
    assert takes_views(mlflow.__version__), f"test the views with another version than {TESTED}"
    assert version(store) == mlflow.__version__
    view = _points(7)
    page = keep(store, [view], view)
    assert page == (
        f"/#/experiments/{store.experiment_id}/runs?workflowType=machine_learning"
        f"&viewStateShareKey={view.key}"
    )
    (text,) = _tags(store).values()
    assert _tags(store).keys() == {f"mlflow.sharedViewState.{view.key}"}
    saved = json.loads(text)
    assert saved.keys() == {"name", "createdAt", "updatedAt", "state"}
    assert (saved["name"], saved["createdAt"]) == ("points 7", 7)
    word, _, rest = saved["state"].partition(";")
    state = json.loads(zlib.decompress(base64.b64decode(rest)))
    assert word == "deflate"
    assert (state["searchFilter"], state["orderByAsc"]) == ("x", True)
    assert state["orderByKey"] == "metrics.`zip_bytes/h5`" == state["selectedColumns"][0]
    scatter, parallel = state["compareRunCharts"]
    assert (scatter["xaxis"]["key"], scatter["yaxis"]["key"]) == ("zip_bytes/h5", "accuracy/h5")
    assert parallel["selectedParams"] == ["seed"]
    assert len(text) < 1500


def test_what_stays_as_it_is_is_not_written_again(store: Store) -> None:
    keep(store, [SWEEPS], SWEEPS)
    before = _tags(store)
    keep(store, [SWEEPS], SWEEPS)
    assert _tags(store) == before


def test_the_newest_are_kept_and_those_of_the_user_too(store: Store) -> None:
    own = {f"{PREFIX}0a1b-2c3d": "a view of the user's own", "mlflow.note.content": "a note"}
    for tag, text in own.items():
        store.connection.set_experiment_tag(store.experiment_id, tag, text)
    # Of an earlier format, say: nobody can open it.
    store.connection.set_experiment_tag(store.experiment_id, f"{PREFIX}runner-points-x", "?")
    keep(store, [*map(_points, range(MOST, 0, -1)), SWEEPS], SWEEPS)
    keep(store, [_points(MOST + 1), _points(MOST + 2)], SWEEPS)
    tags = _tags(store)
    assert own.items() <= tags.items()
    saved = [read(text) for tag, text in tags.items() if tag not in own]
    expected = {f"points {number}" for number in range(3, MOST + 3)} | {"sweeps"}
    assert {view.name if view else "" for view in saved} == expected


def test_a_view_goes_with_its_sweep(store: Store) -> None:
    keep(store, [_points(1), _points(2), SWEEPS], SWEEPS)
    ids = [f"{number:032x}"[::-1] for number in (1, 3)]
    forget(store, ids)
    forget(store, ids)
    assert _tags(store).keys() == {PREFIX + _points(2).key, PREFIX + SWEEPS.key}


def test_several_may_save_at_once(store: Store) -> None:
    def save(number: int) -> None:
        other = Store(store.uri, store.experiment)
        keep(other, [_points(number), SWEEPS], SWEEPS)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_tags(store)) == len(threads) + 1


def test_a_store_that_is_only_read_gives_a_search_instead(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(store.uri.removeprefix("sqlite:///"))) as database, database:
        database.execute(
            "CREATE TRIGGER closed BEFORE INSERT ON experiment_tags "
            "BEGIN SELECT RAISE(ABORT, 'only read'); END"
        )
    caplog.set_level("INFO", "runner.tracking")
    assert keep(store, [SWEEPS], SWEEPS).endswith(f"&{SEARCH}")
    assert "no saved view of them: " in caplog.text
    assert _tags(store) == {}


@pytest.mark.parametrize("answer", ["2.22.1", "3.16.0", "<html>"])
def test_a_server_of_another_version_gives_a_search_instead(answer: str) -> None:
    with gateway() as server:
        server.prefix = "/team"
        store = Store(server.address(), "tests")
        store._experiment_id = "7"
        server.answers = [Unwell(200, {}, answer)]
        view = _points(1)
        assert keep(store, [view], view) == (
            "/#/experiments/7/runs?workflowType=machine_learning&searchFilter=x"
            "&orderByKey=metrics.%60zip_bytes%2Fh5%60&orderByAsc=true"
        )
        assert server.asked == ["GET /team/version"]


def test_a_server_that_does_not_say_its_version_gives_a_search_instead() -> None:
    with gateway() as server:
        store = Store(server.address(), "tests")
        store._experiment_id = "7"
        server.answers = [Unwell(404)]
        assert keep(store, [SWEEPS], SWEEPS).endswith(SEARCH)
        server.answers = [Unwell(401)]
        with pytest.raises(StoreFailed):
            version(store)
