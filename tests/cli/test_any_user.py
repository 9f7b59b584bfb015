"""A sweep of a user without a name and a home, who keeps nothing from others, in a nasty folder."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.tiny import quick, write_npz

FOLDER = "a b \u00fc\u4e2d 'it' \"q\" 50% #1 x=1, y"
_NOBODY = ["unshare", "--user", "--map-user=54321", "--map-group=54321"]
_LEFT_OUT = ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "LANG", "PYTHONIOENCODING")


def _require_nobody() -> None:
    if subprocess.run([*_NOBODY, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a user without a name needs namespaces of users: `unshare --user` fails here")


@pytest.mark.long
@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_a_sweep_works_for_any_user_in_any_folder(mask: int, tmp_path: Path) -> None:
    _require_nobody()
    folder, temporary = tmp_path / FOLDER, tmp_path / "t"
    folder.mkdir()
    temporary.mkdir()
    write_npz(folder / "tiny.npz")
    points = ["-m", "schedule.final_sparsity=0.5,0.8", "hydra.job.chdir=true"]
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*_NOBODY, sys.executable, "-m", "runner", *points, *quick(Path("tiny.npz")),
         "export.targets=[h5]"],
        cwd=folder, env={**inherited, **ascii_only, "TMPDIR": str(temporary)}, umask=mask,
        capture_output=True, timeout=2 * HANGS_AFTER, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    # The output takes ASCII only.
    out = done.stdout.decode("ascii")
    assert "(2 of 2 points done)" in out
    assert "Report: " in out
    assert {path.name for path in folder.iterdir()} >= {
        "mlflow.db",
        "mlruns",
        "multirun",
        "outputs",
    }
    assert list(folder.rglob("report.html"))
    assert list(temporary.iterdir()) == []
    assert not [path for path in (folder / "outputs" / "cache").rglob("*") if _is_open(path)]


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))
