"""Write a night's report, log it to its run, and notify whoever asked to be."""

import hashlib
import logging
import os
import posixpath
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from runner.escaping.json_text import json_text
from runner.escaping.markdown import plain
from runner.escaping.terminal import encodable
from runner.nightly.history.past import EARLY, GOOD, JSON, PAGE, SUMMARY, PastNight
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.page import page
from runner.nightly.settings import NightlySettings
from runner.tracking import Run
from runner.tracking.tags import NO_PICK, NOTE, VERDICT

log = logging.getLogger(__name__)

_LONGEST_LABEL = 100
_LONGEST_REASON = 1000
# A tag of MLflow's holds 8,000 characters.
_LONGEST_DESCRIPTION = 7500


def write(verdict: Verdict, nights: Sequence[PastNight], folder: Path) -> None:
    """Write nightly.json, nightly.txt and nightly.html, the last of them large, into the folder.

    Args:
        nights: those of the trends, oldest first, tonight the last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        JSON: json_text(verdict.as_dict()) + "\n",
        SUMMARY: verdict.text,
        PAGE: page(verdict, nights),
    }
    for name, text in texts.items():
        (folder / name).write_text(encodable(text), encoding="utf-8")


def log_to(run: Run, verdict: Verdict, folder: Path) -> None:
    """Log the verdict to the night's run, with figures by which MLflow shows the trend."""
    for name in (JSON, SUMMARY, PAGE):
        run.log_file(folder / name)
    run.tag(VERDICT, verdict.word)
    run.tag(NOTE, _note(verdict)[:_LONGEST_DESCRIPTION])
    if verdict.night.warnings:
        run.tag(NO_PICK, " ".join(verdict.night.warnings)[:_LONGEST_REASON])
    run.log_metrics(_metrics(verdict))


def notify(verdict: Verdict, settings: NightlySettings) -> None:
    """Touch the heartbeat, and run the command for a good or a bad night.

    A command that fails is named in the log: the night and its exit code stay what they are.
    """
    if settings.heartbeat:
        settings.heartbeat.parent.mkdir(parents=True, exist_ok=True)
        settings.heartbeat.touch()
    good = verdict.word in (GOOD, EARLY)
    name, command = ("on_good", settings.on_good) if good else ("on_bad", settings.on_bad)
    if not command:
        return
    variables = {
        "NIGHTLY_VERDICT": verdict.word,
        "NIGHTLY_NIGHT": verdict.night.name,
        "NIGHTLY_REPORT": str(settings.folder / PAGE),
        "NIGHTLY_JSON": str(settings.folder / JSON),
        "NIGHTLY_SUMMARY": str(settings.folder / SUMMARY),
    }
    # Nobody answers what a command asks, as `promote` does on a terminal.
    nobody, env = subprocess.DEVNULL, {**os.environ, **variables}
    done = subprocess.run(command, shell=True, env=env, stdin=nobody, check=False)  # noqa: S602
    if done.returncode:
        log.warning("%s ended with exit code %d: %s", name, done.returncode, command)


def _note(verdict: Verdict) -> str:
    """Write the verdict as Markdown, in which names are text."""
    parts = [*map(plain, verdict.head)]
    for title, texts in verdict.details.items():
        parts += [f"{title}:", "\n".join(f"- {plain(text)}" for text in texts)]
    return "\n\n".join(parts) + "\n"


def _metrics(verdict: Verdict) -> dict[str, float]:
    night = verdict.night
    metrics: dict[str, float | None] = {
        "points_done": float(night.done),
        "points_failed": float(night.planned - night.done - len(night.postponed)),
        "points_left": float(len(night.postponed)),
        "findings": float(len(verdict.judgement.findings)),
    }
    for name, sweep in night.sweeps.items():
        label = _label(name)
        for target in sweep.targets:
            metrics[f"accuracy/{target}/{label}"] = sweep.accuracy(target)
        metrics[f"picked_zip_bytes/{label}"] = sweep.pick.zip_bytes if sweep.pick else None
        metrics[f"picked_flash_bytes/{label}"] = sweep.pick.flash_bytes if sweep.pick else None
        metrics[f"seconds/{label}"] = sweep.seconds
    return {name: value for name, value in metrics.items() if value is not None}


def _label(sweep: str) -> str:
    """Write a sweep's name so that MLflow takes it in the name of a metric, of 250 characters."""
    label = re.sub(r"[^\w\-. :/]", "_", sweep)
    digest = hashlib.sha256(encodable(sweep).encode()).hexdigest()[:8]
    label = label if len(label) <= _LONGEST_LABEL else f"{label[:_LONGEST_LABEL]} {digest}"
    # Nor does MLflow take names that another path would name too, as with // or /../ in them.
    return label if posixpath.normpath(f"/{label}") == f"/{label}" else label.replace("/", "_")
