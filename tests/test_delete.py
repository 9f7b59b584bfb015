"""A sweep goes with its points, files and cache; what others use stays."""

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest
from mlflow.entities import ViewType

from runner.deletion.activity import silent_others
from runner.deletion.carry_out import carry_out
from runner.deletion.lookup import sweep_to_delete
from runner.deletion.plan import plan_of
from runner.errors import Refused
from runner.process import liveness
from runner.settings import Settings
from runner.settings.cache_paths import baseline_folder, unlogged_folder
from runner.settings.groups import CacheSettings, TrackingSettings
from runner.tracking import Kind, Record, Store, tags
from runner.tracking.removal import deleted_runs
from runner.tracking.saved_views.keep import keep, points_key
from runner.tracking.saved_views.tag_text import PREFIX
from runner.tracking.saved_views.view import View
from runner.tracking.silence import close_silent
from tests.helpers.kept_arrays import unpacked
from tests.helpers.mlflow_server import tracking_server
from tests.helpers.project import PROJECT, Command


@dataclass
class Written:
    """Two sweeps of two points in a store, with a cache: a baseline is one's own, one is shared."""

    folder: Path

    def __post_init__(self) -> None:
        self.store = Store(f"sqlite:///{self.folder}/mlflow.db", "sparsity")
        self.settings = Settings(
            cache=CacheSettings(folder=self.folder / "cache"),
            tracking=TrackingSettings(uri=self.store.uri, experiment="sparsity"),
        )
        self.own, self.shared = (self.run(Kind.BASELINE, name) for name in ("own", "shared"))
        self.old, self.new = (self.sweep(name) for name in ("old", "new"))
        for signature in ("own", "shared"):
            self._file(baseline_folder(self.settings, signature) / "weights.h5")
        for fingerprint in ("old own", "old shared", "new shared", "other"):
            self._file(unlogged_folder(self.settings, fingerprint) / "notes.json")

    def sweep(self, name: str) -> str:
        """Write a sweep with a point for each baseline; only the old one has a point of its own."""
        sweep = self.run(Kind.SWEEP, name)
        for baseline in ("own", "shared") if name == "old" else ("shared",):
            point = f"{name} {baseline}"
            self.run(Kind.POINT, point, sweep, baseline_run_id=getattr(self, baseline))
        return sweep

    def run(self, kind: Kind, name: str, above: str | None = None, **named: str) -> str:
        """Write a run with a small file; the last word of its name is its signature."""
        given = {f"runner.{key}": value for key, value in named.items()}
        given |= {tags.FINGERPRINT: name, tags.SIGNATURE: name.rsplit(maxsplit=1)[-1]}
        if kind == Kind.SWEEP:
            del given[tags.SIGNATURE]
        params = {"cache.folder": str(self.settings.cache.folder)}
        run = self.store.new_run(kind, name, params, given, above)
        run.log_text("0" * 1000, "models/h5.h5")
        run.end("FINISHED")
        return run.id

    def named(self, name: str) -> Record:
        """Find a run by its name."""
        (found,) = self.store.find(f"attributes.run_name = '{name}'")
        return found

    def left(self) -> set[str]:
        """Name all runs that the store still has, deleted ones too."""
        where = [self.store.experiment_id]
        found = self.store.connection.search_runs(where, run_view_type=ViewType.ALL)
        return {each.info.run_name for each in found}

    def active(self) -> set[str]:
        """Name the runs that are not deleted."""
        with closing(sqlite3.connect(self.folder / "mlflow.db", timeout=30)) as database:
            rows = database.execute("SELECT name FROM runs WHERE lifecycle_stage = 'active'")
            return {str(name) for (name,) in rows}

    def on_disk(self) -> set[str]:
        """Name the entries of the cache, and count the folders of runs."""
        cache = self.settings.cache.folder
        kept = {path.name.partition(".")[0] for path in cache.glob("*/*") if path.is_dir()}
        return kept | {f"{len(list((self.folder / 'mlruns').glob('*/*/artifacts')))} runs"}

    @staticmethod
    def _file(path: Path) -> None:
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        path.write_text("0" * 500, encoding="utf-8")


ALL = {"own", "shared", "old", "new", "old own", "old shared", "new shared"}
CACHE = {"own", "shared", "old own", "old shared", "new shared", "other"}
LEFT, LEFT_ON_DISK = {"shared", "new", "new shared"}, {"shared", "new shared", "other", "3 runs"}


@pytest.fixture
def written(store_folder: Path) -> Written:
    """The two sweeps."""
    return Written(store_folder)


def test_what_would_go_is_said_and_stays(written: Written, tool_in: Command) -> None:
    done = tool_in(written.folder, "delete", "old", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"old (run {written.old}), 2 points, 1 baseline, 3 entries of the cache would go, 5.5 kB "
        "to be freed\n"
    )
    values = json.loads(tool_in(written.folder, "delete", "old", "--dry-run", "--json").stdout)
    assert values["baselines"] == [written.own]
    assert values["deleted"] is False
    assert written.left() == ALL
    assert written.on_disk() == CACHE | {"7 runs"}
    unasked = tool_in(written.folder, "delete", "old")
    assert unasked.returncode == 2
    assert "--yes: must be given where nobody can be asked" in unasked.stderr


def test_arrays_go_that_no_other_run_was_made_with(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = written.settings.cache.folder
    (own, gone), (shared, stays) = (unpacked(cache, images, monkeypatch) for images in (60, 64))
    # Known to no run: another store's, maybe.
    unpacked(cache, 68, monkeypatch)
    for name, data in (("old own", own), ("old shared", shared), ("new shared", shared)):
        run = written.store.reopen(written.named(name))
        run.log_inputs(data, "")
        run.end("FINISHED")
    plan = plan_of(written.store, written.named("old"), [])
    assert plan.cache.arrays == (gone,)
    assert gone in plan.cache.folders
    plan.cache.remove()
    assert stays.exists()
    assert not gone.exists()
    running = written.store.reopen(written.named("new"))
    running.flush()
    assert plan_of(written.store, written.named("old"), []).cache.arrays == ()


@pytest.mark.long
def test_it_is_refused_where_it_must_not_be(written: Written, tool_in: Command) -> None:
    def refused(*arguments: str) -> str:
        done = tool_in(written.folder, "delete", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    assert "SWEEP=none: must be a sweep of experiment sparsity: old, new" in refused(
        "none", "--yes"
    )
    point = written.named("old own")
    assert "must be a sweep, and is a point" in refused(point.id, "--yes")
    client = mlflow.MlflowClient(written.store.uri)
    client.create_registered_model("digits")
    client.create_model_version("digits", f"{point.artifacts}/models", point.id)
    line = refused("old", "--yes")
    assert "SWEEP=old: is registered as digits version 1; --registered deletes that too" in line
    client.set_tag(written.old, tags.PROCESS, liveness.this_process())
    client.update_run(written.old, status="RUNNING")
    line = refused("old", "--yes", "--registered")
    assert f"must have ended, and is running (run {written.old}); stop it first" in line
    assert written.left() == ALL


@pytest.mark.long
def test_a_sweep_of_another_machine_is_refused_while_its_lease_is_renewed(
    written: Written, tool_in: Command
) -> None:
    client = mlflow.MlflowClient(written.store.uri)
    client.set_tag(written.old, tags.PROCESS, "elsewhere boot namespace 1 1")
    client.update_run(written.old, status="RUNNING")
    with _renewed(written, written.old):
        done = tool_in(written.folder, "delete", "old", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    waiting, *_, refused = done.stderr.splitlines()
    assert "old" in waiting, done.stderr
    assert " seems to be held by another machine or container; waiting 60 s" in waiting
    assert f"must have ended, and is running (run {written.old}); stop it first" in refused
    assert written.left() == ALL


@pytest.mark.long
def test_what_runs_now_may_use_any_baseline(written: Written, tool_in: Command) -> None:
    client = mlflow.MlflowClient(written.store.uri)
    client.set_tag(written.new, tags.PROCESS, liveness.this_process())
    client.update_run(written.new, status="RUNNING")
    values = json.loads(tool_in(written.folder, "delete", "old", "--dry-run", "--json").stdout)
    assert values["baselines"] == []
    assert {Path(path).name.partition(".")[0] for path in values["cache"]} == {
        "old own",
        "old shared",
    }


def test_what_a_reboot_left_running_keeps_no_baseline(tmp_path: Path) -> None:
    written = Written(tmp_path)
    store, client = written.store, written.store.connection
    client.set_tag(written.new, tags.PROCESS, "elsewhere earlier-boot namespace 1 1")
    client.set_tag(written.new, tags.LEASE, "holder 1")
    client.update_run(written.new, status="RUNNING")
    assert plan_of(store, store.get(written.old), ()).baselines == ()
    silent = silent_others(store, store.get(written.old), period=0.05)
    assert [run.id for run in silent] == [written.new]
    plan = plan_of(store, store.get(written.old), (), silent)
    assert [run.id for run in plan.baselines] == [written.own]
    close_silent(store, silent)
    assert store.get(written.new).status == "KILLED"
    assert silent_others(store, store.get(written.old), period=3600) == []


@pytest.mark.long
def test_a_sweep_and_the_others_that_may_run_elsewhere_are_watched_together(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written = Written(tmp_path)
    store, client = written.store, written.store.connection
    for run_id in (written.old, written.new):
        client.set_tag(run_id, tags.PROCESS, "elsewhere boot namespace 1 1")
        client.update_run(run_id, status="RUNNING")
    # The newer one has no lease: of it nothing can be known, and it is none of the silent ones.
    client.set_tag(written.old, tags.LEASE, "holder 1")
    sweep = store.get(written.old)
    caplog.set_level("INFO", "runner.tracking")
    assert silent_others(store, sweep, period=0.05) == []
    client.set_tag(written.new, tags.LEASE, "holder 1")
    caplog.clear()
    assert [run.id for run in silent_others(store, sweep, period=0.05)] == [written.new]
    (waiting,) = (line for line in caplog.messages if "seem" in line)
    assert " and 1 more seem to be held by another machine or container; waiting" in waiting
    client.delete_tag(written.old, tags.LEASE)
    assert [run.id for run in silent_others(store, store.get(sweep.id), 0.05)] == [written.new]
    with _renewed(written, written.old), pytest.raises(Refused, match="and is running"):
        silent_others(store, sweep, period=0.3)


@contextmanager
def _renewed(written: Written, run_id: str) -> Iterator[None]:
    """Renew the lease of a run inside the block, as its holder would."""
    ended = threading.Event()

    def renew() -> None:
        client = mlflow.MlflowClient(written.store.uri)
        for count in itertools.takewhile(lambda _: not ended.wait(0.1), itertools.count()):
            client.set_tag(run_id, tags.LEASE, f"holder {count}")

    with ThreadPoolExecutor(1) as pool:
        renewed = pool.submit(renew)
        try:
            yield
        finally:
            ended.set()
            renewed.result()


def _save_views(store: Store, *sweeps: str) -> None:
    views = [View(points_key(sweep), "points", "x") for sweep in sweeps]
    assert "viewStateShareKey" in keep(store, views, views[0])


def _views(store: Store) -> set[str]:
    """Return the keys of the views that are saved."""
    saved = store.connection.get_experiment(store.experiment_id).tags
    return {tag.removeprefix(PREFIX) for tag in saved if tag.startswith(PREFIX)}


@pytest.mark.long
def test_a_sweep_goes_with_all_that_is_its_own_though_it_was_interrupted(
    written: Written, tool_in: Command
) -> None:
    client = mlflow.MlflowClient(written.store.uri)
    client.create_registered_model("digits")
    for name in ("old own", "new shared"):
        run = written.named(name)
        client.create_model_version("digits", f"{run.artifacts}/models", run.id)
    _save_views(written.store, written.old, written.new)
    command = ["old", "--yes", "--registered"]
    deleting = subprocess.Popen(
        [sys.executable, "-m", "runner.delete", *command],
        cwd=written.folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        start_new_session=True,
    )
    while "old" in written.active() and deleting.poll() is None:
        time.sleep(0.05)
    os.killpg(deleting.pid, signal.SIGKILL)
    assert deleting.wait() == -signal.SIGKILL
    assert "old" in written.left()
    done = tool_in(written.folder, "delete", *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert written.left() == LEFT
    assert written.on_disk() == LEFT_ON_DISK
    assert [each.version for each in client.search_model_versions()] == [2]
    assert _views(written.store) == {points_key(written.new)}
    again = tool_in(written.folder, "delete", *command)
    assert "SWEEP=old: must be a sweep of experiment sparsity: new" in again.stderr


@pytest.mark.long
@pytest.mark.parametrize("name", ["latest", "old"])
def test_an_interrupted_deletion_comes_before_newer_sweeps(written: Written, name: str) -> None:
    store = written.store
    assert sweep_to_delete(store, "latest", deleted_runs(store)).id == written.new
    store.connection.set_tag(written.old, tags.DELETING, "[]")
    assert sweep_to_delete(store, name, deleted_runs(store)).id == written.old
    store.delete(store.get(written.old))
    written.sweep("old")
    assert sweep_to_delete(store, name, deleted_runs(store)).id == written.old


@pytest.mark.long
def test_a_sweep_that_a_server_has_deleted_is_found_no_more(
    store_folder: Path, empty_store: Path
) -> None:
    with tracking_server(store_folder, empty_store) as port:
        store = Store(f"http://127.0.0.1:{port}", "sparsity")
        older, newer = (_swept(store) for _ in range(2))
        _save_views(store, older, newer)
        for expected in (newer, older):
            found = sweep_to_delete(store, "mnist", deleted_runs(store))
            assert found.id == expected
            assert points_key(expected) in _views(store)
            carry_out(store, plan_of(store, found, deleted_runs(store)))
            assert points_key(expected) not in _views(store)
        with pytest.raises(Refused, match="SWEEP=latest: "):
            sweep_to_delete(store, "latest", deleted_runs(store))


def _swept(store: Store) -> str:
    run = store.new_run(Kind.SWEEP, "mnist", {}, {})
    run.end("FINISHED")
    return run.id
