"""The launcher by the real command line: what Hydra promises to jobs, and trouble in them."""

import json
from pathlib import Path

import pytest

from runner.tracking import Record
from tests.helpers.project import PROJECT, Command
from tests.helpers.stores import figures_in, file_of, runs_in, store_in
from tests.helpers.tiny import quick

HERE = {"PYTHONPATH": str(PROJECT)}
TROUBLE = "+hydra.callbacks.trouble._target_=tests.helpers.callbacks.Trouble"
WITNESS = "+hydra.callbacks.witness._target_=tests.helpers.callbacks.Witness"
FEW = ["export.targets=[h5]"]


def _by_name(folder: Path, sweep: Record) -> list[Record]:
    return sorted(store_in(folder).children(sweep.id), key=lambda point: point.name)


@pytest.mark.long
def test_jobs_get_what_hydra_promises_them(
    fresh_command: Command, npz: Path, tmp_path: Path
) -> None:
    done = fresh_command(
        "-m", "schedule.final_sparsity=0.5,0.8", *quick(npz), *FEW, "hydra.sweep.dir=out",
        "hydra.launcher.n_jobs=2",
        "+hydra.job.env_set.RUNNER_TEST_VARIABLE=told", "hydra.job.chdir=true",
        WITNESS, f"+hydra.callbacks.witness.path={tmp_path}/seen.jsonl", env=HERE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    seen = [json.loads(line) for line in (tmp_path / "seen.jsonl").read_text().splitlines()]
    starts = sorted(
        (each for each in seen if each["call"] == "start"), key=lambda each: each["num"]
    )
    ends = sorted((each for each in seen if each["call"] == "end"), key=lambda each: each["num"])
    (sweep,) = (each for each in seen if each["call"] == "sweep")
    assert len({sweep["pid"], *(each["pid"] for each in starts)}) == 3
    assert [each["status"] for each in ends] == ["COMPLETED", "COMPLETED"]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        output = tmp_path / "out" / str(number)
        assert start["num"] == number
        assert start["pid"] == end["pid"]
        assert start["variable"] == "told"
        assert start["folder"] == start["output"] == str(output)
        assert (output / "models" / "h5.h5").is_file()
        assert (output / ".hydra" / "overrides.yaml").is_file()
        assert "finished final_sparsity=" in (output / "runner.log").read_text()
        assert "epoch 2 of 2" in (output / "runner.log").read_text()
    assert not sweep["tensorflow"]


@pytest.mark.long
def test_trouble_stays_where_it_is_and_the_same_command_goes_on(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    sweep = ["-m", "schedule.final_sparsity=0.5,0.6,0.7,0.8,0.9", *quick(npz), *FEW]
    fates = "{1: kill, 2: sleep, 3: memory, 4: disk}"
    # The others end long before that, also on a slow and busy machine.
    limit = "hydra.launcher.timeout_minutes=1"
    done = command(
        *sweep, TROUBLE, f"+hydra.callbacks.trouble.fates={fates}", limit,
        "hydra.launcher.n_jobs=3", env=HERE,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (parent,) = runs_in(tmp_path, "sweep")
    assert (parent.status, parent.error) == ("FAILED", "4 of 5 points failed")
    points = {point.name: point for point in store_in(tmp_path).children(parent.id)}
    assert {name: point.status for name, point in points.items()} == {
        "final_sparsity=0.5": "FINISHED",
        "final_sparsity=0.6": "KILLED",
        "final_sparsity=0.7": "KILLED",
        "final_sparsity=0.8": "FAILED",
        "final_sparsity=0.9": "FAILED",
    }
    failed = [points[f"final_sparsity=0.{number}"] for number in (6, 7, 8, 9)]
    reasons = [str(point.error) for point in failed]
    assert reasons[0] == "the worker was killed by SIGKILL: out of memory?"
    assert reasons[1] == "took longer than hydra.launcher.timeout_minutes=1"
    assert reasons[2].startswith("MemoryError")
    assert "File too large" in reasons[3] or "disk" in reasons[3] or "write" in reasons[3]
    for point, reason in zip(failed, reasons, strict=True):
        assert file_of(tmp_path, point, "error.txt").is_file()
        assert f"failed: {point.name}: " in done.stdout
        assert reason in done.stdout

    again = command(*sweep)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "resuming final_sparsity: 1 of 5 points done" in again.stdout
    (whole,) = runs_in(tmp_path, "sweep")
    assert (whole.id, whole.status, whole.error) == (parent.id, "FINISHED", None)
    runs = store_in(tmp_path).children(parent.id)
    assert sorted(run.name for run in runs) == sorted(points)
    assert {run.status for run in runs} == {"FINISHED"}
    assert not any(file_of(tmp_path, run, "error.txt").exists() for run in [whole, *runs])
    kept = points["final_sparsity=0.5"].id
    assert kept in {run.id for run in runs}

    gone = next(run for run in runs if run.name == "final_sparsity=0.9")
    file_of(tmp_path, gone, "models/h5.h5").unlink()
    new = command(*sweep, "sweep.reuse=true", "sweep.resume=false")
    assert new.returncode == 0, new.stdout + new.stderr
    assert new.stdout.count("[HYDRA] reused: final_sparsity=") == 4
    assert f"not reused: final_sparsity=0.9 (run {gone.id}) has no file h5.h5" in new.stdout
    assert f"from final_sparsity (run {kept})" in new.stdout
    first, second = runs_in(tmp_path, "sweep")
    for one, other in zip(*(_by_name(tmp_path, each) for each in (first, second)), strict=True):
        assert one.name == other.name
        if one.id != gone.id:
            assert (one.metrics, other.tags["runner.reused_from"]) == (other.metrics, one.id)
    for run in store_in(tmp_path).children(second.id):
        assert file_of(tmp_path, run, "models/h5.h5").is_file()


@pytest.mark.long
def test_a_lost_baseline_takes_only_its_own_points_along(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    done = command(
        "-m", "seed=1,2", "schedule.final_sparsity=0.5,0.8", *quick(npz), *FEW, TROUBLE,
        "+hydra.callbacks.trouble.job=baseline", "+hydra.callbacks.trouble.fates={4: kill}",
        "sweep.max_failures=3", env=HERE,
    )  # fmt: skip
    assert done.returncode == 1
    (sweep,) = runs_in(tmp_path, "sweep")
    assert sweep.error == "2 of 4 points failed"
    points = _by_name(tmp_path, sweep)
    assert [(point.name, point.status) for point in points] == [
        ("seed=1 final=0.5", "FAILED"),
        ("seed=1 final=0.8", "FAILED"),
        ("seed=2 final=0.5", "FINISHED"),
        ("seed=2 final=0.8", "FINISHED"),
    ]
    assert points[0].error == (
        "its baseline failed: the worker was killed by SIGKILL: out of memory?"
    )
    assert file_of(tmp_path, points[0], "error.txt").is_file()


@pytest.mark.long
def test_a_point_that_is_finished_before_its_worker_dies_is_finished(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    done = command(
        "-m", "schedule.final_sparsity=0.5,0.8", *quick(npz), *FEW, "sweep.retries=1", TROUBLE,
        "+hydra.callbacks.trouble.fates={1: kill}", "+hydra.callbacks.trouble.late=true", env=HERE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "finished, though then: the worker was killed by SIGKILL" in done.stdout
    assert [point.status for point in runs_in(tmp_path, "point")] == ["FINISHED", "FINISHED"]


@pytest.mark.long
def test_a_failed_point_is_run_again_as_often_as_wished(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    done = command(
        "-m", "schedule.final_sparsity=0.5,0.8", *quick(npz), *FEW, "sweep.retries=1",
        TROUBLE, "+hydra.callbacks.trouble.fates={1: kill}",
        f"+hydra.callbacks.trouble.once={tmp_path}/met", env=HERE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed: final_sparsity=0.8: the worker was killed by SIGKILL" in done.stdout
    points = runs_in(tmp_path, "point")
    assert [point.status for point in points] == ["FINISHED", "FINISHED"]
    assert runs_in(tmp_path, "sweep")[0].status == "FINISHED"


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["workers", "basic"])
def test_a_hopeless_sweep_ends_early(
    command: Command, npz: Path, tmp_path: Path, launcher: str
) -> None:
    for number in range(4):
        (tmp_path / "out" / str(number) / "models" / "h5.h5").mkdir(parents=True)
    jobs = ["hydra.launcher.n_jobs=1"] if launcher == "workers" else []
    done = command(
        "-m", "schedule.final_sparsity=0.5,0.6,0.7,0.8", *quick(npz), *FEW, *jobs,
        "hydra.sweep.dir=out", "sweep.max_failures=2", f"hydra/launcher={launcher}",
    )  # fmt: skip
    assert done.returncode == 1
    assert [point.status for point in runs_in(tmp_path, "point")] == ["FAILED", "FAILED"]
    ended = "2 of 4 points failed, 2 were not started: sweep.max_failures=2"
    assert f"final_sparsity: {ended}" in done.stdout
    assert runs_in(tmp_path, "sweep")[0].error == ended


@pytest.mark.long
def test_every_launcher_and_number_of_workers_gives_the_same_figures(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    ways = {
        "three": ["hydra.launcher.n_jobs=3"],
        "basic": ["hydra/launcher=basic"],
        "joblib": ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"],
    }
    found: dict[str, list[object]] = {}
    for name, way in ways.items():
        store = f"tracking.uri=sqlite:///{name}/mlflow.db"
        cache = f"cache.folder={name}/cache"
        two = ["-m", "schedule.final_sparsity=0.5,0.8", "export.targets=[h5,tflite_int8]"]
        done = command(*two, *quick(npz), store, cache, *way)
        assert done.returncode == 0, done.stdout + done.stderr
        folder = tmp_path / name
        found[name] = [figures_in(folder, kind) for kind in ("baseline", "point")]
        files = [file_of(folder, run, "models") for run in runs_in(folder, "point")]
        named = sorted((path.name, path.read_bytes()) for each in files for path in each.iterdir())
        found[name].append(named)
    assert found["three"] == found["basic"] == found["joblib"]
