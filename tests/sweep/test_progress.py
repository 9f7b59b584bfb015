"""What someone sees of a sweep that goes on, on a terminal and elsewhere."""

import io
import logging
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from runner.sweep.job_monitor import JobMonitor
from runner.sweep.jobs import Job
from runner.sweep.live_progress import LiveView
from runner.sweep.progress import FailuresOnly, LogLines, choose_view
from runner.tracking import Store


def _job(name: str, kind: Any = "point") -> Job:
    point: Any = SimpleNamespace(name=name)
    return Job(kind, name, point)


def test_elsewhere_a_line_says_that_a_point_began_and_how_it_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO), LogLines(total=3, done=1) as view:
        view.started("a=1")
        view.epoch("a=1", 1, 2)
        view.moved("a=2", "a=2 on n2: gone; it runs again elsewhere")
        view.started("a=2", "n1")
        view.finished(_job("a=1"), "h5 10 B zipped, 95.00%")
        view.failed(_job("a=2"), "out of luck")
    assert caplog.messages == [
        "started: a=1",
        "a=2 on n2: gone; it runs again elsewhere",
        "started: a=2 on n1",
        "finished: a=1: h5 10 B zipped, 95.00% (2 of 3 points done)",
        "failed: a=2: out of luck",
    ]


def test_what_every_job_warns_of_is_shown_once(
    store_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")
    monitor = JobMonitor(store, "", LogLines(total=2, done=0))
    monitor.follow([_job("a=1"), _job("a=2")], None)
    for job, text in ((0, "at chance"), (1, "at chance"), (1, "no table")):
        monitor.warned(job, text)
    assert caplog.messages == ["a=1: at chance", "a=2: no table"]


def test_on_a_terminal_workers_points_and_epochs_are_in_view() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    view = LiveView(console, "smoke", total=3, done=0, workers=2)
    view.started("a=1")
    view.started("a=2", "n2")
    view.moved("a=2", "a=2 on n2: gone; it runs again elsewhere")
    view.started("a=2", "n1")
    view.epoch("a=2", 3, 4)

    def drawn() -> str:
        with console.capture() as captured:
            console.print(view.render())
        return re.sub(r"\x1b\[[0-9;]*m", "", captured.get())

    assert "smoke: 0 of 3 points done, 2 running" in drawn()
    assert re.search("a=2  n1 .*epoch 3 of 4", drawn())
    assert "starting" in drawn()
    view.finished(_job("a=1"), "h5")
    view.failed(_job("a=2"), "why")
    assert re.search(r"1 of 3 points done, 0 running, 1 failed, about \d+ s left", drawn())


def test_the_view_is_chosen_by_launcher_and_output(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(choose_view("s", 2, 0, workers=2)) is LogLines
    assert type(choose_view("s", 2, 0, workers=None)) is FailuresOnly
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert type(choose_view("s", 2, 0, workers=2)) is LiveView
