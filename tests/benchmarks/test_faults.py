"""What the faults' benchmark finds in a store, and what it makes of answers on their way."""

import http.client
import itertools
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from benchmarks.faults import proxy
from benchmarks.faults.configuration import POINTS, point_name
from benchmarks.faults.deck import KINDS, draws
from benchmarks.faults.proxy import Proxy, Trouble
from benchmarks.faults.stored_runs import StoredRun, Unreadable, read
from benchmarks.faults.twin import Likeness, Twin, key
from benchmarks.faults.verdict import Verdict, compare

_FILES = {"models/h5.h5": "1", "layers.csv": "2"}
_COMMAND = {"runner.command": "python -m runner -m schedule.final_sparsity=0.5,0.6,0.7 seed=1"}


def _run(name: str, kind: str, parent: str = "", **tags: str) -> StoredRun:
    all_tags = {"runner.kind": kind, "runner.fingerprint": name, "mlflow.parentRunId": parent}
    files = dict.fromkeys(("report.html", "report.md", "points.csv"), "3")
    return StoredRun(
        f"{parent}/{name}", name, "FINISHED", Path(), {**all_tags, **tags},
        {"accuracy": 0.5, "seconds/total": 1.0}, files if kind == "sweep" else _FILES,
    )  # fmt: skip


def _undisturbed() -> list[StoredRun]:
    sweep = replace(_run("a", "sweep"), tags={**_COMMAND, "runner.kind": "sweep"})
    points = [_run(point_name(value), "point", sweep.id) for value in POINTS]
    points[0] = _run(points[0].name, "point", sweep.id, **{"runner.pick_target": "h5"})
    return [sweep, _run("b", "baseline"), *points]


def _judged(runs: Sequence[StoredRun]) -> Verdict:
    twin = Twin({key(run): Likeness.of(run) for run in _undisturbed()}, {}, Path())
    verdict = Verdict()
    compare(runs, [POINTS], twin, verdict)
    return verdict


def test_a_store_like_the_undisturbed_one_is_whole() -> None:
    slower = [replace(run, metrics={**run.metrics, "seconds/total": 9}) for run in _undisturbed()]
    assert _judged(slower) == Verdict()


def test_what_is_missing_is_named() -> None:
    sweep, baseline, *points = _undisturbed()
    without = replace(points[1], files={"layers.csv": "2"})
    found = _judged([replace(sweep, status="FAILED", files={}), baseline, points[0], without])
    assert found.lost == [
        "the sweep is FAILED",
        "the sweep's report.html",
        "the sweep's report.md",
        "the sweep's points.csv",
        "models/h5.h5 of point final_sparsity=0.6",
        "point final_sparsity=0.7",
    ]
    assert _judged([]).lost == ["the sweep", "baseline"]


def test_other_figures_and_files_are_named() -> None:
    sweep, baseline, point, *others = _undisturbed()
    point = replace(point, metrics={"accuracy": 0.6}, files={**_FILES, "models/h5.h5": "4"})
    assert _judged([sweep, baseline, point, *others]).wrong == [
        "accuracy of final_sparsity=0.5: 0.6, not 0.5",
        "models/h5.h5 of final_sparsity=0.5 differs",
    ]


def test_what_is_there_twice_or_runs_for_ever_is_named() -> None:
    runs = _undisturbed()
    found = _judged([*runs, replace(runs[-1], id="again", status="RUNNING")])
    assert found.doubles == [
        "point final_sparsity=0.7 is RUNNING",
        "2 runs of point final_sparsity=0.7",
    ]


def test_runs_are_read_without_those_that_are_deleted_or_superseded(store_folder: Path) -> None:
    (store_folder / "kept").mkdir()
    (store_folder / "kept" / "a.txt").write_text("a")
    with closing(sqlite3.connect(store_folder / "mlflow.db")) as database, database:
        database.execute("INSERT INTO experiments (experiment_id, name) VALUES (7, 'x')")
        for name, stage in (("kept", "active"), ("gone", "deleted"), ("old", "active")):
            database.execute(
                "INSERT INTO runs (run_uuid, name, status, lifecycle_stage, artifact_uri, "
                "experiment_id) VALUES (?, ?, 'FINISHED', ?, ?, 7)",
                (name, name, stage, (store_folder / name).as_uri()),
            )
        database.execute("INSERT INTO tags VALUES ('runner.superseded', 'true', 'old')")
    (run,) = read(store_folder / "mlflow.db", "x")
    assert (run.name, list(run.files)) == ("kept", ["a.txt"])
    (store_folder / "mlflow.db").write_bytes(b"garbled" * 1000)
    with pytest.raises(Unreadable):
        read(store_folder / "mlflow.db", "x")


def test_each_kind_is_drawn_once_before_any_comes_again() -> None:
    first = list(itertools.islice(draws(1), len(KINDS)))
    assert {draw.kind.name for draw in first} == {kind.name for kind in KINDS}
    again = list(itertools.islice(draws(1), len(KINDS)))
    assert [(d.kind, d.configuration, d.chance.random()) for d in first] == [
        (d.kind, d.configuration, d.chance.random()) for d in again
    ]


class _Upstream(BaseHTTPRequestHandler):
    """A server that answers with what it was sent, and remembers it."""

    received: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(body)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def between() -> Iterator[Proxy]:
    """A proxy before a server that answers with what it was sent."""
    _Upstream.received = []
    server = HTTPServer(("127.0.0.1", 0), _Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = Proxy(("127.0.0.1", server.server_address[1]))
    yield there
    for each in (there, server):
        each.shutdown()
        each.server_close()


def _ask(between: Proxy) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", between.server_address[1])) as client:
        client.request("POST", "/", b"some words")
        return client.getresponse().read()


def test_a_lost_or_cut_answer_is_one_that_the_server_gave(between: Proxy) -> None:
    assert _ask(between) == b"some words"
    with between.spoiling(Trouble(proxy.lose, times=1)):
        with pytest.raises(ConnectionError):
            _ask(between)
        assert _ask(between) == b"some words"
    with between.spoiling(Trouble(proxy.cut)), pytest.raises(http.client.IncompleteRead):
        _ask(between)
    assert len(_Upstream.received) == 4


def test_a_reset_connection_never_reaches_the_server(between: Proxy) -> None:
    with between.spoiling(Trouble(proxy.reset)), pytest.raises(ConnectionError):
        _ask(between)
    assert _Upstream.received == []
