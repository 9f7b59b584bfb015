import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mlflow
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from runner.data import dataset
from runner.errors import Refused
from runner.process.signals import exit_on_first_signal
from runner.process.temporary import own_folder
from runner.settings import DatasetSettings
from runner.tracking import Kind, Run, Store, StoreFailed, connection
from runner.tracking.origin import commit


@pytest.fixture
def store(store_folder: Path) -> Store:
    return Store(f"sqlite:///{store_folder}/mlflow.db", "tests")


def _open(store: Store, name: str = "point", parent: str | None = None) -> Run:
    run = store.new_run(Kind.POINT, name, {"seed": "0"}, {"runner.sweep": "s"}, parent)
    run.flush()
    return run


def test_a_run_is_found_again_under_its_parent(store: Store) -> None:
    parent = store.new_run(Kind.SWEEP, "sweep", {}, {})
    for name in ("first", "second"):
        with _open(store, name, parent.id).closing():
            pass
    points = store.children(parent.id)
    assert [point.name for point in points] == ["first", "second"]
    assert points[0].params == {"seed": "0"}
    assert points[0].tags["runner.kind"] == "point"
    assert points[0].status == "FINISHED"


def test_a_failure_leaves_its_reason_and_traceback(store: Store) -> None:
    run = _open(store)
    with pytest.raises(ValueError, match="good"), run.closing():
        raise ValueError("no\n good")
    record = store.get(run.id)
    assert record.status == "FAILED"
    assert record.error == "ValueError: no good"
    text = Path(store.local_file(record, "error.txt")).read_text()
    assert text.startswith("Traceback")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143)])
def test_a_stop_from_outside_is_no_failure(store: Store, stop: BaseException) -> None:
    run = _open(store)
    with pytest.raises(type(stop)), run.closing():
        raise stop
    assert store.get(run.id).status == "KILLED"


def test_a_stop_that_a_library_makes_an_error_of_is_a_stop(store: Store) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    run = _open(store)
    try:
        exit_on_first_signal()
        with pytest.raises(SystemExit) as stop, run.closing():
            _make_a_tensor_while_stopped()
    finally:
        # Forgets the signal, too.
        exit_on_first_signal()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert stop.value.code == 128 + signal.SIGTERM
    assert store.get(run.id).status == "KILLED"


def _make_a_tensor_while_stopped() -> None:
    """Do as TensorFlow does with what is raised meanwhile."""
    try:
        signal.raise_signal(signal.SIGTERM)
    except SystemExit as stop:
        raise TypeError("Cannot convert 1 to a tensor") from stop


def test_history_has_one_value_an_epoch(store: Store) -> None:
    run = _open(store)
    run.log_history({"loss": [0.5, 0.25], "val_accuracy": [0.8, 0.9]})
    run.flush()
    history = mlflow.MlflowClient(store.uri).get_metric_history(run.id, "loss")
    assert [(each.step, each.value) for each in history] == [(1, 0.5), (2, 0.25)]


def test_data_is_recorded_with_its_digest(store: Store, npz: Path, tmp_path: Path) -> None:
    loaded = dataset.load(DatasetSettings(name="npz", path=npz, validation_share=0.1), tmp_path)
    run = _open(store)
    run.log_inputs(loaded, "seed: 0\n")
    run.flush()
    (used,) = mlflow.MlflowClient(store.uri).get_run(run.id).inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("npz", loaded.digest)
    assert str(npz) in used.dataset.source
    assert json.loads(used.dataset.profile)["features_shape"]["validation"] == [9, 8, 8, 1]


def test_a_measured_baseline_is_found_by_its_signature(store: Store) -> None:
    run = store.new_run(
        Kind.BASELINE, "b", {}, {"runner.signature": "abc", "runner.measuring": "m"}
    )
    assert store.baseline("abc", "m") is None
    run.log_metrics({"zip_bytes/h5": 10.0})
    run.flush()
    # Somebody is still at it, or was cut short.
    assert store.baseline("abc", "m") is None
    run.end("FINISHED")
    found = store.baseline("abc", "m")
    assert found is not None
    assert found.id == run.id
    assert store.baseline("abd", "m") is None
    # What other code measured is not compared with.
    assert store.baseline("abc", "n") is None
    # Another target that failed is named, and costs only itself.
    run.end("FAILED", "cut short")
    assert store.baseline("abc", "m") is None
    run.tag("runner.failed_targets", "tflite_int8")
    run.flush()
    assert store.baseline("abc", "m") is not None


def test_what_is_cut_short_has_no_file_and_is_no_baseline(store: Store, tmp_path: Path) -> None:
    (tmp_path / "h5.h5").write_bytes(b"model")
    tags = {"runner.signature": "abc", "runner.measuring": "m"}
    run = store.new_run(Kind.BASELINE, "b", {}, tags)
    _close_folder(store, run)
    run.log_metrics({"accuracy/h5": 1.0, "zip_bytes/h5": 10.0})
    run.log_text("layer", "layers.csv")
    run.log_file(tmp_path / "h5.h5", "models")
    with pytest.raises(StoreFailed), run.closing():
        pass
    cut = store.get(run.id)
    assert not cut.has_file("h5")
    assert cut.status == "FAILED"
    assert cut.error
    assert store.baseline("abc", "m") is None


def test_a_run_whose_files_no_store_takes_is_closed_all_the_same(store: Store) -> None:
    run = _open(store)
    _close_folder(store, run)
    with pytest.raises(ValueError, match="broken"), run.closing():
        raise ValueError("broken")
    record = store.get(run.id)
    assert (record.status, record.error) == ("FAILED", "ValueError: broken")


def _close_folder(store: Store, run: Run) -> None:
    """Let nothing be written among a run's artifacts: a file is where their folder should be."""
    folder = Path(store.local_file(store.get(run.id), ""))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()


def test_a_folder_for_temporary_files_that_a_cleaner_removed_is_made_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # That of the system is used by others at the same time.
    (tmp_path / "system").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "system"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with own_folder() as folder:
        run = _open(store)
        with run.closing():
            run.log_text("text", "a/b.txt")
            shutil.rmtree(folder.parent)
    record = store.get(run.id)
    assert record.status == "FINISHED"
    assert Path(store.local_file(record, "a/b.txt")).read_text() == "text"
    assert not folder.parent.exists()


@pytest.mark.parametrize("raised", [None, ValueError("broken")])
def test_without_room_for_temporary_files_a_run_is_closed_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raised: Exception | None
) -> None:
    run = _open(store)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    run.log_text("text", "a.txt")
    with pytest.raises(type(raised) if raised else StoreFailed), run.closing():
        _raise(raised)
    record = store.get(run.id)
    assert record.status == "FAILED"
    assert record.error
    # What was logged is still there, to be kept.
    assert run.everything.texts["a.txt"] == "text"


def _raise(error: Exception | None) -> None:
    if error:
        raise error


def test_a_run_that_ends_well_after_all_forgets_its_failure(store: Store) -> None:
    run = _open(store)
    with pytest.raises(ValueError, match="once"), run.closing():
        raise ValueError("once")
    text = Path(store.local_file(store.get(run.id), "error.txt"))
    assert text.is_file()
    with store.reopen(store.get(run.id)).closing():
        pass
    record = store.get(run.id)
    assert (record.status, record.error) == ("FINISHED", None)
    assert not text.exists()


def test_a_run_id_in_the_environment_hijacks_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _open(store, "other")
    monkeypatch.setenv("MLFLOW_RUN_ID", other.id)
    run = _open(store)
    run.log_metrics({"sparsity": 0.5})
    run.flush()
    assert run.id != other.id
    assert store.get(other.id).metrics == {}


def test_the_commit_is_tagged(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        done = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    (project / "a").write_text("1")
    git("add", "a")
    git("commit", "-qm", "one")
    tags = store.get(_open(store).id).tags
    assert tags["mlflow.source.git.commit"] == git("rev-parse", "HEAD")
    assert tags["runner.git_dirty"] == "false"
    (project / "a").write_text("2")
    commit.cache_clear()
    assert store.get(_open(store).id).tags["runner.git_dirty"] == "true"


def test_a_deleted_experiment_is_refused(store: Store) -> None:
    client = mlflow.MlflowClient(store.uri)
    client.delete_experiment(store.experiment_id)
    with pytest.raises(Refused, match=r"tracking\.experiment=tests: was deleted; .* restore"):
        Store(store.uri, "tests").connect()


def test_files_lie_beside_their_database(tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    store = Store(f"sqlite:///{elsewhere}/mlflow.db", "tests")
    run = _open(store)
    run.log_text("a", "a.txt")
    run.flush()
    path = Path(store.local_file(store.get(run.id), "a.txt"))
    assert path.read_text() == "a"
    assert path.is_relative_to(elsewhere)
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.parametrize(
    "uri", ["sqlite:///{file}/mlflow.db", "sqlite:///{file}", "http://127.0.0.1:9", "mysql://a/b"]
)
def test_an_unreachable_store_is_refused_in_one_line(npz: Path, uri: str) -> None:
    with pytest.raises(Refused, match=r"tracking\.uri=.*: not usable") as refusal:
        Store(uri.format(file=npz), "tests").connect()
    assert "\n" not in str(refusal.value)


@pytest.fixture
def unwell() -> Iterator[tuple[str, list[str]]]:
    """A server that is never able to answer: its address, and what it was asked for."""
    asked: list[str] = []

    class Unwell(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            """Leave the terminal to the test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Unwell) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_server_that_is_unwell_is_asked_once_more_and_refused(
    unwell: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = unwell
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    with pytest.raises(Refused, match=r"tracking\.uri=.*: not usable .*503"):
        Store(address, "tests").connect()
    # MLflow itself would ask seven times more, for four minutes.
    assert len(asked) == 2


def test_a_signal_waits_until_the_database_is_done(store: Store) -> None:
    run = _open(store)
    struck: list[str] = []

    def strike(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("INSERT INTO metrics"):
            struck.append(statement)
            signal.raise_signal(signal.SIGTERM)

    def stop(number: int, _: object) -> None:
        raise SystemExit(number)

    before = signal.signal(signal.SIGTERM, stop)
    event.listen(Engine, "before_cursor_execute", strike)
    try:
        run.log_metrics({"sparsity": 0.5})
        with pytest.raises(SystemExit):
            run.flush()
    finally:
        event.remove(Engine, "before_cursor_execute", strike)
        signal.signal(signal.SIGTERM, before)
    assert len(struck) == 1
    assert store.get(run.id).metrics == {"sparsity": 0.5}


def test_runs_are_found_by_their_parent_their_kind_and_their_tags(store: Store) -> None:
    parent = store.new_run(Kind.SWEEP, "sweep", {}, {})
    for mark in ("a", "b", "a"):
        store.new_run(Kind.POINT, mark, {}, {"runner.fingerprint": mark}, parent.id).end("FINISHED")
    store.new_run(Kind.POINT, "alone", {}, {"runner.fingerprint": "a"}).end("FINISHED")
    assert [record.name for record in store.children(parent.id)] == ["a", "b", "a"]
    assert [record.name for record in store.children(parent.id, "a")] == ["a", "a"]
    alike = store.of_kind(Kind.POINT, {"runner.fingerprint": "a"})
    assert [record.name for record in alike] == ["a", "a", "alone"]
    assert [record.parent for record in alike] == [parent.id, parent.id, None]
    assert [record.id for record in store.of_kind(Kind.SWEEP)] == [parent.id]


def test_only_runs_whose_process_has_ended_are_closed(store: Store) -> None:
    program = "from runner.process.liveness import this_process; print(this_process())"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    dead = store.new_run(Kind.POINT, "dead", {}, {"runner.process": done.stdout.strip()})
    dead.flush()
    live = _open(store, "live")
    store.close_dead()
    assert store.get(live.id).status == "RUNNING"
    record = store.get(dead.id)
    assert (record.status, record.error) == ("KILLED", "found dead: its process had ended")


def test_a_search_reads_every_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAGE", 2)
    names = [str(number) for number in range(5)]
    for name in names:
        _open(store, name)
    # What MLflow itself searches for.
    assert [record.name for record in store.find("attributes.run_name LIKE '%'")] == names
