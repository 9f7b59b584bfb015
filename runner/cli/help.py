"""Compose the text of `--help` from the groups, sweeps and settings that are there."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from hydra.errors import HydraException

from runner.errors import Refused
from runner.planning.candidates import count
from runner.settings import known_settings
from runner.settings.paths import CONF, SWEEPS

_TEXT = """\
Prune Keras models, export them, measure every file, compare the runs in MLflow.

  python -m runner                     one point
  python -m runner +sweep=sparsity     a sweep of points
  python -m runner -m schedule.final_sparsity=0.8,0.9    any list of values is a sweep

Groups, chosen as in dataset=mnist:
{groups}

Sweeps, chosen as in +sweep=smoke:
{sweeps}

Settings, changed as in schedule.final_sparsity=0.9 (`--cfg job` shows them all):
{settings}

Examples:
  RUNNER_DATA=folder/with/mnist.npz python -m runner dataset=mnist architecture=mnist_cnn
  python -m runner +sweep=sparsity schedule.epochs=4 seed=1,2,3
  python -m runner +sweep=sparsity +search=adaptive     only the points that may be worth it
  python -m runner export.targets=[h5,tflite_int8] tracking.uri=http://localhost:5000
  python -m runner +sweep=sparsity hydra.launcher.n_jobs=2 hydra.launcher.timeout_minutes=30

Exit code: 0 all points finished, 1 some point failed, 2 refused before any work, 130 or 143 stopped
by Ctrl-C or SIGTERM; the same command then goes on.
Afterwards, on a sweep by name, run id or `latest` (each with --help):
  python -m runner list                say which sweeps there are, the newest first
  python -m runner report latest       make its report again, or put several sweeps side by side
  python -m runner ui latest           show it on MLflow's pages, in the browser
  python -m runner best latest         choose a file under other limits, and copy it
  python -m runner promote latest      register the file in MLflow's model registry; asks first
  python -m runner delete latest       delete it, and what only it uses; asks first
Every night: python -m runner nightly --help
What settings mean: python -m runner settings schedule, or settings schedule.epochs

`--version` names the versions of the runner and of what it runs on.

`--hydra-help` shows Hydra's own options.
"""

_GROUPS = ("dataset", "architecture", "baseline", "schedule", "compress", "export", "tracking")
_SINGLE = ("augment", "channels", "measure", "report", "cache", "search")


def text() -> str:
    """Compose the short help."""
    groups = [f"  {name:<14}{' '.join(_options(CONF / name))}" for name in _GROUPS]
    files = _files(SWEEPS / "sweep")
    width = max(len(path.stem) for path in files) + 2
    sweeps = [f"  {path.stem:<{width}}{_runs(path)} runs" for path in files]
    settings = [f"  {name:<14}{known_settings([name])}" for name in (*_GROUPS, *_SINGLE)]
    settings.append(f"  {'sweep':<14}retries, max_failures, resume, reuse, budget_hours, first")
    return _TEXT.format(
        groups="\n".join(groups), sweeps="\n".join(sweeps), settings="\n".join(settings)
    )


def check_sweep_choice(arguments: Sequence[str]) -> None:
    """Refuse what Hydra would misread.

    Raises:
        Refused: more than one sweep, of which Hydra would run the first file's settings with the
            second's name (facebookresearch/hydra issue 2807), or a sweep without its plus.
    """
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key == "search":
            raise Refused(f"{argument}: a search is added with a plus: +{argument}")
        if key.lstrip("+") == "sweep" and not re.fullmatch(r"[\w./-]*", value):
            raise Refused(f"{argument}: takes one sweep; run the command once for each")
        if key == "sweep":
            raise Refused(f"{argument}: a sweep is added with a plus: +{argument}")


def _runs(path: Path) -> str:
    """Count the points of a sweep file; a half-written one must not take the help away."""
    try:
        sweeper = yaml.safe_load(path.read_text(encoding="utf-8-sig"))["hydra"]["sweeper"]
        return str(count(sweeper.get("params") or {}, sweeper.get("points") or []))
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, HydraException, Refused):
        return "?"


def _options(folder: Path) -> list[str]:
    return [path.stem for path in _files(folder)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))
