"""What version 0.1 left of nights is read by this one: their history, and the crontab's line."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.nightly.history.past import past_nights
from runner.nightly.history.points import File
from runner.nightly.history.records import Night
from runner.nightly.judge.findings import Kind
from runner.nightly.judge.tolerance import Tolerance
from runner.nightly.judge.verdict import judge
from tests.helpers.hanging import HANGS_AFTER
from tests.upgrade.crontab import FILE, install_crontab
from tests.upgrade.old_store import NO_TIME, Done, Enter, of_kind, statuses, store_of, under

# Hours: nights that were interrupted before are old, and young.
OLD, YOUNG = 1e-6, 1e6
NOT_JUDGED = "sizes are not judged against nights before, whose files had another batch dimension"


@pytest.fixture
def crontab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], Path]:
    """Let the folder's file be the crontab, and return it."""

    def run(folder: Path) -> Path:
        install_crontab(folder, tmp_path / "programs")
        monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{os.environ['PATH']}")
        return folder / FILE

    return run


def _nightly(enter: Enter, folder: Path, *arguments: str) -> Done:
    return enter(folder, "nightly.__main__", "--config", "nightly.yaml", *arguments)


def _configure(folder: Path, **settings: object) -> None:
    file = folder / "nightly.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **settings}))


def _verdict(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "outputs" / "nightly" / "nightly.json").read_text()))


def test_status_tells_the_last_night_and_the_schedule(
    kept: Path, enter: Enter, crontab: Callable[[Path], Path]
) -> None:
    crontab(kept)
    done = _nightly(enter, kept, "status")
    # When the next night begins, and whether a daemon runs, are matters of here and now.
    stable = re.compile(r"^(?:last night: [^,]*, [^,]*|report: .*|schedule: .*)", re.MULTILINE)
    expected = stable.findall((kept / "expected" / "status.txt").read_text())
    assert len(expected) == 3
    assert stable.findall(done.stdout) == expected, done.stderr


def test_installing_replaces_the_old_line(
    old: Path, enter: Enter, crontab: Callable[[Path], Path]
) -> None:
    file = crontab(old)
    other, _ = file.read_text().splitlines()
    done = _nightly(enter, old, "install", "--cron", "--at", "03:15")
    assert done.returncode == 0, done.stderr
    assert "schedule: cron, 15 3 * * * (crontab -l)" in done.stdout
    first, second = file.read_text().splitlines()
    assert first == other
    assert second.startswith("15 3 * * * cd ")
    assert _nightly(enter, old, "uninstall").returncode == 0
    assert file.read_text() == f"{other}\n"


@pytest.mark.long
def test_the_old_line_of_the_crontab_runs_a_night_that_is_compared_with_the_old_ones(
    old: Path,
) -> None:
    _configure(old, budget_hours=NO_TIME, resume_hours=OLD)
    store = store_of(old, "nightly")
    before = of_kind(store, "nightly")
    _, line = (old / FILE).read_text().splitlines()
    command = line.split(maxsplit=5)[5].replace(r"\%", "%")
    done = subprocess.run(["/bin/sh", "-c", command], cwd="/", timeout=HANGS_AFTER, check=False)
    log = (old / "outputs" / "nightly.log").read_text()
    assert done.returncode == 0, log
    assert f"found dead: nightly {before[-1].name}" in log
    assert "0 of 2 points done, compared with 4 good nights." in log
    *same, new = of_kind(store, "nightly")
    assert [night.id for night in same] == [night.id for night in before]
    assert [night.status for night in same] == ["FINISHED"] * 4 + ["KILLED"]
    assert same[-1].error == "found dead: its process had ended"
    assert new.tags["runner.seed"] == "6"
    assert store.find("attributes.status = 'RUNNING'") == []
    assert _verdict(old)["left"] == [
        f"{yaml.safe_load((old / 'nightly.yaml').read_text())['sweeps'][0]}: {point}"
        for point in ("final_sparsity=0.5", "final_sparsity=0.8")
    ]
    page = (old / "outputs" / "nightly" / "nightly.html").read_text()
    assert all(night.name in page for night in same[:-1])


@pytest.mark.long
def test_an_interrupted_night_is_resumed(old: Path, enter: Enter) -> None:
    _configure(old, budget_hours=NO_TIME, resume_hours=YOUNG)
    store = store_of(old, "nightly")
    before = of_kind(store, "nightly")
    done = _nightly(enter, old)
    assert done.returncode == 0, done.stderr
    assert f"resuming night {before[-1].name}" in done.stderr
    assert [night.id for night in of_kind(store, "nightly")] == [night.id for night in before]
    (sweep,) = under(store, before[-1])
    assert statuses(store, sweep) == {
        "final_sparsity=0.5": "FINISHED",
        "final_sparsity=0.8": "KILLED",
    }
    (left,) = _verdict(old)["left"]
    assert left.endswith(": final_sparsity=0.8")


def test_old_nights_are_accepted_and_cleaned_up_after(old: Path, enter: Enter) -> None:
    nights = of_kind(store_of(old, "nightly"), "nightly")
    done = _nightly(enter, old, "accept")
    assert done.stdout.startswith(f"accepted: night {nights[3].name}, "), done.stderr
    _configure(old, keep_nights=1)
    done = _nightly(enter, old, "clean", "--dry-run")
    assert re.match(r"4 nights, 4 sweeps, \d points.* would go, .* to be freed\n", done.stdout)


def test_old_nights_do_not_judge_the_sizes_of_files_with_another_batch(kept: Path) -> None:
    nights = [past.night for past in past_nights(store_of(kept, "nightly"), 10)]
    assert len(nights) == 4
    (entry,) = nights[-1].sweeps
    assert not any("export.batch" in name for name in nights[-1].facts)
    larger = _with_larger_files(nights[-1])
    found = judge(larger, nights, Tolerance(), [])
    assert {finding.kind for finding in found.judgement.findings} >= {Kind.SIZE, Kind.ZIPPED_SIZE}
    facts = {**larger.facts, f"settings/{entry}/export.batch": "1"}
    verdict = judge(replace(larger, facts=facts), nights, Tolerance(), [])
    assert verdict.word == "good"
    assert f"Not judged:\n- {entry}: {NOT_JUDGED}\n" in verdict.text


def _with_larger_files(night: Night) -> Night:
    def larger(file: File) -> File:
        return replace(file, size_bytes=file.size_bytes * 2, zip_bytes=file.zip_bytes * 2)

    sweeps = {
        name: replace(
            sweep,
            points={
                point.name: replace(
                    point, files={target: larger(file) for target, file in point.files.items()}
                )
                for point in sweep.points.values()
            },
            pick=sweep.pick and replace(sweep.pick, zip_bytes=sweep.pick.zip_bytes * 2),
        )
        for name, sweep in night.sweeps.items()
    }
    return replace(night, sweeps=sweeps)


@pytest.mark.long
def test_a_whole_night_is_judged_by_the_old_ones(old: Path) -> None:
    lax = {"accuracy": 0.5, "size": 0.5, "zipped_size": 0.5, "time": 50.0}
    _configure(old, resume_hours=OLD, tolerance=lax)
    command = [sys.executable, "-m", "runner.nightly", "--config", "nightly.yaml"]
    done = subprocess.run(command, cwd=old, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = _verdict(old)
    assert (verdict["verdict"], verdict["compared_with"]) == ("good", 4)
    (text,) = verdict["not_judged"]
    assert text.endswith(": " + NOT_JUDGED)
    assert f"Not judged:\n- {text}\n" in done.stdout
    assert NOT_JUDGED in (old / "outputs" / "nightly" / "nightly.html").read_text()
    assert "2 of 2 points done" in done.stdout
