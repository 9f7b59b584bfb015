"""Compose, run and read points and sweeps from Python, as the command line does."""

import json
import tempfile
from datetime import datetime
from pathlib import Path

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

from runner.cli.failure import REFUSED, is_refusal, reason
from runner.cli.help import check_sweep_choice
from runner.errors import Refused, RunnerError
from runner.escaping.terminal import say
from runner.planning import preflight
from runner.point.outcome import JobFailed, Outcome
from runner.process.stream import stream
from runner.report.best_file import BestFile, NothingQualifies
from runner.report.sweep import Sweep, load
from runner.report.sweep_decision import SweepDecision
from runner.settings import Settings, from_hydra
from runner.settings.internal import require_left_out
from runner.settings.paths import CONF, register
from runner.settings.typed_address import taken_out
from runner.sweep.announcement import ANNOUNCEMENT, Announcement

__all__ = [
    "BestFile",
    "NothingQualifies",
    "Outcome",
    "Refused",
    "RunnerError",
    "Settings",
    "Sweep",
    "SweepDecision",
    "SweepFailed",
    "compose",
    "load",
    "run_point",
    "run_sweep",
]


class SweepFailed(RunnerError):
    """A sweep did not finish; `runner.load` reads the points that did."""


def compose(*overrides: str) -> Settings:
    """Compose the settings of one point from the shipped configuration.

    Args:
        overrides: settings as they are typed on the command line: `schedule.final_sparsity=0.8`.

    Raises:
        Refused: a setting is unknown or has a value that is not accepted.
    """
    check_sweep_choice(overrides)
    register()
    outer = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            settings = from_hydra(hydra_compose("config", list(overrides)))
            require_left_out(settings.sweep)
            return settings
    except Exception as error:
        if not is_refusal(error):
            raise
        raise Refused(reason(error)) from None
    finally:
        # Whoever calls may use Hydra too.
        GlobalHydra.instance().hydra = outer


def run_point(point: Settings, folder: Path | str | None = None) -> Outcome:
    """Run one point in a process of its own, and log it to MLflow.

    The process is a fresh one, so that it does not matter which Keras, how many threads and how
    much memory this one uses. What it prints is printed here.

    Args:
        point: as `compose` returns it.
        folder: where the files are written; a new folder in `outputs/` unless given.

    Returns:
        The figures by target (sizes in bytes, accuracies as shares from 0 to 1), the paths of the
        files and the id of the MLflow run.

    Raises:
        Refused: the point cannot work; nothing was started.
        RunnerError: it failed, with the reason in one line and the traceback in a note; its run
            says so too.
    """
    require_left_out(point.sweep)
    point = preflight.check(point)
    default = Path("outputs") / f"{datetime.now():%Y-%m-%d/%H-%M-%S-%f}"
    target = Path(default if folder is None else folder).absolute()
    request = json.dumps({"settings": point.model_dump(mode="json"), "folder": str(target)})
    with tempfile.TemporaryDirectory() as temporary:
        reply = Path(temporary) / "reply.json"
        code = stream(["-P", "-m", "runner.point.worker", str(reply)], _print, request)
        if not reply.is_file():
            raise JobFailed(f"its process ended with exit code {code}")
        values = json.loads(reply.read_text(encoding="utf-8"))
    if "outcome" in values:
        return Outcome.from_json(values["outcome"])
    failure = (Refused if values["refused"] else JobFailed)(values["failed"])
    failure.add_note(values["traceback"])
    raise failure


def run_sweep(*overrides: str) -> Sweep:
    """Run a sweep as the command line does: workers, resume and report included.

    What it prints is printed here. To interrupt it stops it; the same call then goes on.

    Args:
        overrides: as typed after `python -m runner -m`: `+sweep=sparsity`, `seed=1,2,3`.

    Raises:
        Refused: the sweep cannot work; nothing was started.
        SweepFailed: some point failed, or the sweep was stopped.
    """
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        _print(line)

    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "sweep.json"
        # A command line is shown to everyone on this machine.
        shown, variables = taken_out(overrides)
        command = ["-m", "runner", "-m", *shown]
        code = stream(command, show, environment={ANNOUNCEMENT: str(file), **variables})
        begun = Announcement.read(file)
    last = lines[-1].strip().removeprefix("runner: ") if lines else ""
    if code == REFUSED:
        raise Refused(last)
    if begun is None:
        raise SweepFailed(last or f"the sweep ended with exit code {code}")
    if code:
        raise SweepFailed(
            f"the sweep ended with exit code {code}; the same call goes on with it, and "
            f"runner.load({begun.run_id!r}) reads what it has"
        )
    return load(begun.run_id, tracking_uri=begun.uri, experiment=begun.experiment)


def _print(line: str) -> None:
    # Not by the process itself: a notebook shows what Python prints here.
    say(line.removesuffix("\n"))
