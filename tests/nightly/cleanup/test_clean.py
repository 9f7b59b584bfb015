"""Old nights go from a real store and its disk; picks, models and baselines in use do not."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pytest
from mlflow.entities import ViewType

from runner.backend import make_repeatable
from runner.errors import Refused
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.models import architectures
from runner.nightly.cleanup import disk
from runner.nightly.cleanup.clean import Cleanup
from runner.process import liveness
from runner.settings.targets import Target
from runner.tracking import Kind, Store, connection, model_versions, removal
from runner.tracking.registry import Candidate, promote
from runner.tracking.saved_views.keep import keep, points_key
from runner.tracking.saved_views.tag_text import read
from runner.tracking.saved_views.view import View
from runner.tracking.served import Classifier
from runner.tracking.tags import SHA256
from tests.helpers.written_nights import FIRST, LAST, SECOND, THIRD, Written

pytestmark = pytest.mark.long

IMAGES = np.random.default_rng(0).random((5, 8, 8, 1), dtype=np.float32)
MODEL = "digits-mnist_cnn"
_ELSEWHERE = "another-host boot 1 1"


@dataclass(frozen=True)
class Story:
    """What six nights were before and after cleaning, once in words only and once in earnest."""

    written: Written
    before: tuple[set[str], ...]
    after_dry_run: tuple[set[str], ...]
    dry: Cleanup
    done: Cleanup


def _of(night: str) -> set[str]:
    return {night, f"{night} sweep", f"{night} best", f"{night} other"}


@pytest.fixture(scope="module")
def tflite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real file, of a network that was not trained."""
    make_repeatable(0, 1)
    with exportables(architectures.build("mnist_cnn", (8, 8, 1), 3)) as sources:
        return export(sources.plain, Target.TFLITE_INT8, tmp_path_factory.mktemp("models"), IMAGES)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, tflite: Path, empty_store: Path) -> Story:
    folder = tmp_path_factory.mktemp("six")
    shutil.copy(empty_store, folder / "mlflow.db")
    written = Written(folder)
    written.run(Kind.BASELINE, "unused dense")
    written.run(Kind.SWEEP, "by hand")
    written.run(Kind.POINT, "by hand point", "by hand")
    written.night(FIRST, "first dense", pick="")
    written.failed(f"{FIRST} failed", f"{FIRST} sweep")
    written.night(SECOND, "second dense", pick="")
    for night in (THIRD, *LAST):
        written.night(night, "third dense")
    written.failed(f"{LAST[-1]} failed", f"{LAST[-1]} sweep")
    point = written.store.get(written.ids[f"{SECOND} other"])
    promote(
        written.store,
        MODEL,
        Candidate(point, tflite, {}, "promoted/tflite_int8", {SHA256: "1"}, ""),
        None,
    )
    _write_elsewhere(written)
    sweeps = written.store.of_kind(Kind.SWEEP)
    views = [View(points_key(sweep.id), sweep.name, "x") for sweep in sweeps]
    keep(written.store, views, views[0])
    before = written.all()
    dry = written.clean(dry_run=True)
    return Story(written, before, written.all(), dry, written.clean())


def _write_elsewhere(written: Written) -> None:
    """Write a night and a deleted point to another experiment, and delete one with a model."""
    other = Store(written.store.uri, "sparsity")
    for kind, name in ((Kind.NIGHTLY, FIRST), (Kind.POINT, "deleted")):
        run = other.new_run(kind, name, {}, {})
        run.log_text("0", "models/h5.h5")
        run.end("FINISHED")
    other.delete(other.get(run.id))
    client = other.connection
    dropped = client.create_experiment("dropped")
    client.delete_logged_model(client.create_logged_model(dropped, name="dropped").model_id)
    client.delete_experiment(dropped)


def test_a_dry_run_says_what_would_go_and_changes_nothing(story: Story) -> None:
    assert story.after_dry_run == story.before
    assert story.dry.plan == story.done.plan
    assert story.dry.text == (
        "3 nights, 3 sweeps, 4 points, 2 baselines, 1 run deleted before would go, "
        "28.0 kB to be freed\n"
        "kept: 3 nights, and of what is older 1 pick, 1 registered model, 2 baselines in use"
    )
    assert story.done.text == story.dry.text.replace("would go", "deleted").replace("to be ", "")


def test_exactly_what_is_to_be_kept_is_left(story: Story) -> None:
    kept = {"by hand", "by hand point", "second dense", "third dense"}
    kept |= {f"{SECOND} other", f"{THIRD} best"}.union(*map(_of, LAST))
    active, left, on_disk, outputs = story.written.all()
    assert active == kept
    # What was deleted last night may still be restored.
    assert left == on_disk == kept | {f"{LAST[-1]} failed"}
    assert outputs == set(LAST)
    for name in kept:
        record = story.written.store.get(story.written.ids[name])
        assert Path(story.written.store.local_file(record, "models/h5.h5")).is_file()


def test_views_go_with_their_sweeps(story: Story) -> None:
    store = story.written.store
    texts = dict(store.connection.get_experiment(store.experiment_id).tags).values()
    names = {saved.name for text in texts if (saved := read(text))}
    assert names == {"by hand"} | {f"{night} sweep" for night in LAST}


def test_a_registered_model_survives_and_predicts(
    story: Story, tflite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", story.written.store.uri)
    given = mlflow.pyfunc.load_model(f"models:/{MODEL}@champion").predict(IMAGES)
    np.testing.assert_array_equal(given, Classifier(str(tflite)).probabilities(IMAGES))
    assert given.shape == (5, 3)


def test_other_experiments_are_left_alone(story: Story) -> None:
    other = Store(story.written.store.uri, "sparsity")
    assert [each.name for each in other.find("")] == [FIRST]
    assert [each.name for each in removal.deleted_runs(other)] == ["deleted"]
    for each in (*other.find(""), *removal.deleted_runs(other)):
        assert Path(other.local_file(each, "models/h5.h5")).is_file()
    found = other.connection.search_experiments(view_type=ViewType.DELETED_ONLY)
    assert [each.name for each in found] == ["dropped"]


def test_cleaning_again_does_nothing(story: Story) -> None:
    before = story.written.all()
    again = story.written.clean()
    assert story.written.all() == before
    assert again.plan.runs == again.plan.purged == ()
    assert again.text.startswith("nothing deleted\nkept: 3 nights, and of what is older 1 pick, ")


def test_models_are_found_page_by_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    client, name = story.written.store.connection, "another"
    client.create_registered_model(name)
    for each in ("by hand point", "by hand"):
        source = story.written.store.get(story.written.ids[each]).artifacts
        client.create_model_version(name, source)
    monkeypatch.setattr(connection, "_PAGE", 1)
    expected = {story.written.ids[each] for each in (f"{SECOND} other", "by hand", "by hand point")}
    assert model_versions.registered_runs(story.written.store) >= expected


def test_a_night_under_way_is_not_touched(store_folder: Path) -> None:
    written = Written(store_folder)
    written.night(FIRST, "first dense", ends=False)
    written.night(SECOND, "second dense")
    written.night(THIRD, "second dense")
    before = written.all()
    plan = written.clean(keep_nights=1, dry_run=True).plan
    assert {each.name for each in plan.runs} == {SECOND, f"{SECOND} sweep", f"{SECOND} other"}
    assert written.all() == before
    # Its process has ended since, and another machine's, which may live, has not.
    run = written.store.reopen(written.store.get(written.ids[FIRST]))
    for writer, goes in ((_ended(), True), (_ELSEWHERE, False)):
        run.tag("runner.process", writer)
        run.flush()
        plan = written.clean(keep_nights=1, dry_run=True).plan
        assert (FIRST in {each.name for each in plan.runs}) == goes


def _ended() -> str:
    """Name a process of this machine that has ended: its number is another's by now."""
    *place, number, started = liveness.this_process().split()
    return " ".join([*place, number, str(int(started) + 1)])


def test_a_night_that_does_not_fit_is_refused_in_one_line(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "not" / "there"
    disk.require_room(folder, 1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_234_567))
    with pytest.raises(Refused) as refused:
        disk.check(story.written.store, folder)
    assert str(refused.value) == (
        f"{folder}: must have 500.0 MB free for a night, and has 1.2 MB; "
        "delete files, keep fewer nights, or choose another disk"
    )


def test_a_night_needs_what_the_largest_of_the_last_took(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = disk.last_nights(story.written.store, story.written.outputs)
    assert len(nights) == 3
    assert disk.night_bytes(nights) == disk.FLOOR == disk.night_bytes([])
    monkeypatch.setattr(disk, "FLOOR", 1)
    assert disk.night_bytes(nights) == 5000 + 4 * 1000


def test_what_a_reboot_left_running_is_closed_and_keeps_nothing(tmp_path: Path) -> None:
    written = Written(tmp_path)
    lost = {"process": "somewhere earlier-boot 4026531836 4711 1", "holder": "a"}
    written.run(Kind.BASELINE, "b")
    written.run(Kind.NIGHTLY, FIRST, ends=False, lease="a 0", **lost)
    written.run(Kind.SWEEP, "cut", FIRST, ends=False, lease="a 0", **lost)
    covered = {**lost, "leased_by": written.ids["cut"], "baseline_run_id": written.ids["b"]}
    written.run(Kind.POINT, "point", "cut", ends=False, **covered)
    written.run(Kind.SWEEP, "lone", ends=False, lease="b 0", **lost)
    written.run(Kind.NIGHTLY, SECOND)
    dry = written.clean(keep_nights=1, dry_run=True)
    assert {run.name for run in dry.plan.runs} == {FIRST, "cut", "point", "b"}
    assert len(written.store.find("attributes.status = 'RUNNING'")) == 4
    written.clean(keep_nights=1)
    assert written.left() == {"lone", SECOND}
    assert written.store.get(written.ids["lone"]).status == "KILLED"
