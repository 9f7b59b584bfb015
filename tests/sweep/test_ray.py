"""Sweeps on a cluster of Ray's that this machine is alone, by the real command line."""

import subprocess
import sys
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import Command
from tests.helpers.stores import figures_in, runs_in
from tests.helpers.tiny import quick

RAY = ["hydra/launcher=ray", "hydra.launcher.n_jobs=1"]
SWEEP = [
    *("-m", "schedule.final_sparsity=0.5,0.6,0.7,0.8", "schedule.initial_sparsity=0.0"),
    "export.targets=[h5]",
]


def test_a_cluster_of_this_machine_runs_points_and_leaves_nothing(
    command: Command, npz: Path, swept: tuple[Path, str, str], tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    done = command(*SWEEP, *quick(npz), *RAY, env={"TMPDIR": str(tmp_path / "tmp")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    points = runs_in(tmp_path, "point")
    assert [point.status for point in points] == ["FINISHED"] * 4
    assert runs_in(tmp_path, "sweep")[0].status == "FINISHED"
    assert done.stdout.count("[HYDRA] started: final_sparsity=") == 4
    # The folders of jobs are where other launchers put them.
    assert len(list((tmp_path / "multirun").glob("*/*/*/runner.log"))) == 4
    assert list((tmp_path / "tmp").iterdir()) == []
    # The workers of one machine come to the same figures, bit for bit.
    here, there = figures_in(tmp_path, "point"), figures_in(swept[0], "point")
    for name in ("0.5", "0.8"):
        mine, other = here[f"final_sparsity={name}"], there[f"0.0→{name}"]
        of_h5 = [metric for metric in mine if metric.endswith("/h5")]
        assert of_h5
        assert {metric: other[metric] for metric in of_h5} == {
            metric: mine[metric] for metric in of_h5
        }


WITHOUT_RAY = (
    "import sys; sys.modules['ray'] = None; sys.argv[0] = 'runner'; "
    "from runner.__main__ import main; main()"
)


def test_without_ray_a_line_says_what_to_install(npz: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_RAY, *SWEEP, *quick(npz), *RAY],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("runner: hydra/launcher=ray: Ray is not installed; install")
    assert "pip install 'pruning-sweep-runner[ray]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
