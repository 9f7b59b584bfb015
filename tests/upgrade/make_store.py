"""Make the store of an earlier version that the tests of this folder read.

Takes the Python of an environment in which that version is installed, and two minutes:

python -m tests.upgrade.make_store PYTHON ARCHIVE

All is done at the command line, as people do it: a sweep and a promotion, a sweep and a night that
lose their machine half way, nights that were run to their end, and a line in the crontab.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.upgrade.archive import pack
from tests.upgrade.crontab import install_crontab

_QUICK = [
    "architecture=mnist_cnn",
    "baseline.epochs=20",
    "baseline.batch_size=16",
    "baseline.learning_rate=0.003",
    "schedule.batch_size=16",
    "report.max_drop=0.1",
    "hydra.launcher.n_jobs=1",
]
_SMOKE = ["+sweep=smoke", *_QUICK, "schedule.epochs=6"]
_SWEEP = [*_SMOKE, "export.targets=[h5,tflite_dynamic]"]
# The second point is long enough to be met in the middle of it.
_UNFINISHED = ["-m", *_QUICK, "export.targets=[tflite_dynamic]", "schedule.epochs=6,300"]
_NIGHT = [*_SMOKE, "export.targets=[tflite_dynamic]"]
_NIGHTS = 4
_BEST = [
    ["smoke"],
    ["smoke", "--target", "h5"],
    ["smoke", "--where", "schedule.final_sparsity=0.8", "--max-drop", "1"],
    ["smoke", "--max-zip-bytes", "10"],
]
_OTHER_LINE = "5 4 * * * echo 50\\%\n"


@dataclass(frozen=True)
class Version:
    """The Python of a version of the runner, the folder it works in, and its environment."""

    python: str
    folder: Path
    env: Mapping[str, str]

    def run(self, module: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command to its end; returns what it prints."""
        return self.call("-m", module, *arguments, codes=codes)

    def call(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run Python to its end; returns what it prints."""
        command = [self.python, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode not in codes:
            sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def lose(self, point: str, module: str, *arguments: str) -> None:
        """Start a command, and kill every process of it in the middle of the point."""
        command = [self.python, "-m", module, *arguments]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not self._is_running(point):
            if process.poll() is not None:
                sys.exit(f"{command}: ended before it could be killed")
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _is_running(self, point: str) -> bool:
        # Its settings are sent just after the run is made.
        query = (
            "SELECT count(*) FROM runs JOIN params USING (run_uuid) "
            "WHERE name = ? AND status = 'RUNNING'"
        )
        with closing(sqlite3.connect(self.folder / "mlflow.db", timeout=60)) as database:
            return bool(database.execute(query, [point]).fetchone()[0])


def make(version: Version) -> None:
    """Do everything that leaves a trace in the folder, and write down what is said of it."""
    folder = version.folder
    version.run("runner", *_SWEEP)
    version.run("runner.promote", "smoke", "--name", "digits")
    (folder / "nightly.yaml").write_text(json.dumps({"sweeps": [" ".join(_NIGHT)]}, indent=2))
    night = ["--config", "nightly.yaml"]
    for _ in range(_NIGHTS):
        version.run("runner.nightly", *night, codes=(0, 4))
    version.lose("final_sparsity=0.8", "runner.nightly", *night)
    version.lose("epochs=300", "runner", *_UNFINISHED)
    (folder / "crontab.txt").write_text(_OTHER_LINE)
    version.run("runner.nightly", *night, "install", "--cron", "--at", "02:30")
    _write_down(version)


def _write_down(version: Version) -> None:
    expected = version.folder / "expected"
    version.run("runner.report", "smoke", "--output", str(expected))
    best = [[arguments, _best(version, arguments)] for arguments in _BEST]
    (expected / "best.json").write_text(json.dumps(best, indent=2))
    (expected / "unfinished.json").write_text(json.dumps(_UNFINISHED))
    status = version.run("runner.nightly", "--config", "nightly.yaml", "status")
    (expected / "status.txt").write_text(status)


def _best(version: Version, arguments: list[str]) -> object:
    return json.loads(version.run("runner.best", *arguments, "--json", codes=(0, 1)))


def _main(python: str, archive: str) -> None:
    with tempfile.TemporaryDirectory() as outer:
        folder, programs = Path(outer, "work"), Path(outer, "programs")
        folder.mkdir()
        install_crontab(folder, programs)
        env = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        env |= {"PATH": f"{programs}:{os.environ['PATH']}", "LOGNAME": "someone"}
        env |= {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
        env |= {"XDG_CONFIG_HOME": str(programs)}
        version = Version(python, folder, env)
        make(version)
        package = version.call("-c", "import runner; print(*runner.__path__)").strip()
        pack(folder, python, package, Path(archive))


if __name__ == "__main__":
    _main(*sys.argv[1:])
