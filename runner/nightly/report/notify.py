"""A verdict goes in; its report is written, and whoever wants to know is told."""

import hashlib
import json
import logging
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from runner.nightly.history.past import EARLY, GOOD, JSON, Past
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.page import page
from runner.nightly.settings import NightlySettings
from runner.tracking import Run
from runner.tracking.tags import NOTE, VERDICT

log = logging.getLogger(__name__)

PAGE, SUMMARY = "nightly.html", "nightly.txt"
_LONGEST = 100


def write(verdict: Verdict, nights: Sequence[Past], folder: Path) -> None:
    """Write nightly.json, nightly.txt and nightly.html, the last of them large, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_text(json.dumps(verdict.as_dict(), indent=2) + "\n")
    (folder / SUMMARY).write_text(verdict.text)
    (folder / PAGE).write_text(page(verdict, nights))


def log_to(run: Run, verdict: Verdict, folder: Path) -> None:
    """Log the verdict to the night's run, with figures by which MLflow shows the trend."""
    for name in (JSON, SUMMARY, PAGE):
        run.log_file(folder / name)
    run.tag(VERDICT, verdict.word)
    run.tag(NOTE, verdict.text[:7500])
    run.log_metrics(_figures(verdict))


def tell(verdict: Verdict, settings: NightlySettings) -> None:
    """Touch the heartbeat, and run the command for a good or a bad night.

    A command that fails is told in the log: the night and its exit code stay what they are.
    """
    if settings.heartbeat:
        settings.heartbeat.parent.mkdir(parents=True, exist_ok=True)
        settings.heartbeat.touch()
    good = verdict.word in (GOOD, EARLY)
    name, command = ("on_good", settings.on_good) if good else ("on_bad", settings.on_bad)
    if not command:
        return
    told = {
        "NIGHTLY_VERDICT": verdict.word,
        "NIGHTLY_NIGHT": verdict.night.name,
        "NIGHTLY_REPORT": str(settings.folder / PAGE),
        "NIGHTLY_JSON": str(settings.folder / JSON),
        "NIGHTLY_SUMMARY": str(settings.folder / SUMMARY),
    }
    done = subprocess.run(command, shell=True, env={**os.environ, **told}, check=False)  # noqa: S602
    if done.returncode:
        log.warning("%s ended with exit code %d: %s", name, done.returncode, command)


def _figures(verdict: Verdict) -> dict[str, float]:
    points = [each for sweep in verdict.night.sweeps.values() for each in sweep.points.values()]
    figures = {
        "points_done": float(sum(each.finished for each in points)),
        "points_failed": float(sum(not each.finished for each in points)),
        "points_left": float(len(verdict.left)),
        "findings": float(len(verdict.judgement.findings)),
    }
    for name, sweep in verdict.night.sweeps.items():
        label = _label(name)
        files = [
            (target, file) for each in sweep.points.values() for target, file in each.files.items()
        ]
        for target in dict.fromkeys(target for target, _ in files):
            accuracies = [file.accuracy for each, file in files if each == target]
            figures[f"accuracy/{target}/{label}"] = mean(accuracies)
        if sweep.pick:
            figures[f"picked_zip_bytes/{label}"] = sweep.pick.zip_bytes
        known = [each.seconds for each in sweep.points.values() if each.seconds is not None]
        if known:
            figures[f"seconds/{label}"] = mean(known)
    return figures


def _label(sweep: str) -> str:
    """Write a sweep's name so that MLflow takes it in the name of a metric, of 250 characters."""
    label = re.sub(r"[^\w\-. :/]", "_", sweep)
    digest = hashlib.sha256(sweep.encode()).hexdigest()[:8]
    return label if len(label) <= _LONGEST else f"{label[:_LONGEST]} {digest}"
