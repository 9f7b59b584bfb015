"""What goes and what stays, run by run; MLflow that fails, and folders."""

from pathlib import Path

import pytest
from mlflow.entities import ViewType

from runner.nightly.cleanup.retention import StoreContents, plan_deletion
from runner.tracking import Kind, Record, StoreFailed, removal
from tests.helpers.written_nights import FIRST, SECOND, Written

pytestmark = pytest.mark.long


def _record(name: str, kind: Kind, started: int, above: str = "", **tags: str) -> Record:
    named = {f"runner.{key}": value for key, value in tags.items()}
    parent = {"mlflow.parentRunId": above} if above else {}
    all_tags = {"runner.kind": str(kind), **parent, **named}
    return Record(name, name, "FINISHED", {}, all_tags, {}, "", started)


def _going(*runs: Record, live: str = "", registered: str = "", keep: int = 1) -> list[str]:
    held = StoreContents(runs, (), frozenset({registered}), frozenset({live}))
    return [each.id for each in plan_deletion(held, keep).runs]


def test_what_lost_its_night_goes_unless_it_is_kept_for_itself() -> None:
    night = _record("night", Kind.NIGHTLY, 10)
    lost = _record("lost", Kind.POINT, 1, "gone")
    assert _going(night, lost) == ["lost"]
    assert _going(night, lost, registered="lost") == []
    assert _going(night, lost, live="lost") == []
    assert _going(night, _record("new", Kind.POINT, 11, "gone")) == []
    assert _going(lost) == []


def test_while_a_sweep_is_under_way_every_baseline_stays() -> None:
    night, sweep = _record("night", Kind.NIGHTLY, 10), _record("sweep", Kind.SWEEP, 11, "night")
    dense = _record("dense", Kind.BASELINE, 1)
    assert _going(night, sweep, dense) == ["dense"]
    assert _going(night, sweep, dense, live="night") == ["dense"]
    assert _going(night, sweep, dense, live="sweep") == []


def test_where_mlflow_fails_it_says_why(store_folder: Path) -> None:
    written = Written(store_folder)
    written.run(Kind.POINT, "point")
    point = written.store.get(written.ids["point"])
    with pytest.raises(StoreFailed, match=f"^mlflow gc: .*{point.id} is not in `deleted`"):
        removal.remove(written.store, [], [point])


def test_a_server_frees_its_own_disk(store_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written(store_folder)
    written.run(Kind.POINT, "point")
    point = written.store.get(written.ids["point"])
    monkeypatch.setattr(written.store, "uri", "http://me:secret@host:5000")
    told = removal.remove(written.store, [point], [])
    assert told.endswith(f"--tracking-uri 'http://me:***@host:5000' --run-ids {point.id}")
    assert written.left(ViewType.ACTIVE_ONLY) == set()


def test_only_folders_of_nights_are_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    outside, outputs = tmp_path / "outside", tmp_path / "outputs"
    for folder in (outside, outputs / FIRST, outputs / "kept", outputs / "kept" / SECOND):
        folder.mkdir(parents=True)
    (outputs / FIRST / "link").symlink_to(outside)
    (outputs / SECOND).symlink_to(outside)
    removal.remove_folders(outputs, {FIRST, SECOND, "..", "../outside"})
    removal.remove_folders(tmp_path / "absent", {FIRST})
    assert outside.is_dir()
    assert {each.name for each in outputs.iterdir()} == {SECOND, "kept"}
