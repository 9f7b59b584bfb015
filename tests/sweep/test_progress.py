"""What someone sees of a sweep that goes on, on a terminal and elsewhere."""

import io
import logging
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from runner.escaping.log_lines import LogOutput, log_into
from runner.escaping.shortened import shortened
from runner.point.outcome import Outcome
from runner.sweep.job_monitor import JobMonitor
from runner.sweep.jobs import Job
from runner.sweep.launchers.messages import EpochEnded, Message, MessageHandler
from runner.sweep.view.choice import choose_view
from runner.sweep.view.live_region import LiveRegion
from runner.sweep.view.live_view import LiveView
from runner.sweep.view.plain_lines import FailuresOnly, LogLines
from runner.sweep.view.time_left import TimeLeft, in_words
from runner.tracking import Store
from tests.helpers.screen import Screen

_FIGURES = {
    "h5": {"zip_bytes": 90_000.0, "validation_accuracy": 0.97},
    "tflite_int8": {"zip_bytes": 5_482.0, "validation_accuracy": 0.957},
}
_LONG = "initial_sparsity=0.0 final_sparsity=0.9 epochs=4 architecture=mnist_cnn"


def _job(name: str, kind: Any = "point") -> Job:
    point: Any = SimpleNamespace(name=name)
    return Job(kind, name, point)


def _view(total: int = 3, workers: int = 2, at_most: bool = False) -> LiveView:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    return LiveView(console, "smoke", total, 0, TimeLeft(workers), at_most=at_most)


def _drawn(view: LiveView, width: int = 100, height: int = 24) -> list[str]:
    """The lines of a view, each of which fits."""
    lines = [line.plain for line in view.lines(width, height)]
    assert all(cell_len(line) <= width for line in lines), lines
    assert len(lines) < height
    return lines


def test_elsewhere_a_line_says_that_a_point_began_and_how_it_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO), LogLines(total=3, done=1) as view:
        view.started("a=1")
        view.epoch("a=1", 1, 2, 0.9)
        view.moved("a=2", "a=2 on n2: gone; it runs again elsewhere")
        view.started("a=2", "n1")
        view.finished(_job("a=1"), Outcome("h5 10 B zipped, 95.00%"))
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


def test_on_a_terminal_each_worker_has_a_line_and_the_last_endings_too() -> None:
    view = _view()
    (head,) = _drawn(view)
    assert re.fullmatch(r"smoke ━+  0 of 3 points, 2 workers", head)
    view.started("a=1")
    view.started("a=2", "n2")
    view.moved("a=2", "a=2 on n2: gone; it runs again elsewhere")
    view.started("a=2", "n1")
    view.epoch("a=2", 3, 4, 0.9375)
    _, first, second = _drawn(view)
    assert re.fullmatch(r"worker 1        a=1 +starting          0 s", first)
    assert re.fullmatch(r"worker 2 on n1  a=2 +epoch 3/4  93\.75%  0 s", second)
    view.finished(_job("a=1"), Outcome("h5 and others", figures=_FIGURES))
    view.failed(_job("a=2"), "out of luck")
    head, *workers, well, failed = _drawn(view)
    assert re.fullmatch(r"smoke [━╸]+  1 of 3 points, 1 failed", head)
    assert workers == ["worker 1  idle", "worker 2  idle"]
    # The smallest file, and the accuracy that decides.
    assert re.fullmatch(r"✓ a=1 +tflite_int8  5,482 B  95\.70%", well)
    assert failed == "✗ a=2  out of luck"
    # It runs again.
    view.started("a=2")
    assert _drawn(view)[0].endswith("  1 of 3 points")


@pytest.mark.parametrize("width", [20, 60, 80, 120])
@pytest.mark.parametrize("height", [3, 10, 24])
def test_a_view_fits_any_terminal(width: int, height: int) -> None:
    view = _view(total=200, workers=32)
    for number in range(40):
        view.started(f"{_LONG} seed={number}", "a-machine-of-a-cluster.example" if number else "")
    for number in range(8):
        job = _job(f"{_LONG} seed={number}")
        view.finished(job, Outcome("", figures=_FIGURES))
        view.failed(job, "a reason in very many words " * 20)
    lines = _drawn(view, width, height)
    assert "8 of 200" in lines[0]
    if height == 24:
        assert len(lines) == 23
        assert lines[-1].startswith("✗ ")
    if width >= 60 and height > 3:
        assert lines[1].startswith("worker 9") or "more workers" in lines[1]
        # Names are told apart by both ends.
        assert "initial" in lines[-1]


def test_a_name_is_shortened_in_the_middle_by_the_columns_that_it_takes() -> None:
    assert shortened("final_sparsity=0.9", 18) == "final_sparsity=0.9"
    assert shortened("final_sparsity=0.9", 11) == "final…y=0.9"
    assert shortened("剪枝剪枝剪枝", 12) == "剪枝剪枝剪枝"
    assert cell_len(shortened("剪枝剪枝剪枝", 9)) <= 9
    assert [shortened("abc", columns) for columns in (0, 1, 2)] == ["", "…", "a…"]


def test_the_time_left_is_shared_by_workers_and_no_shorter_than_a_point() -> None:
    left = TimeLeft(workers=4)
    assert left.estimate(waiting=12, began=[]) is None
    left.note(10)
    left.note(20)
    assert left.estimate(waiting=12, began=[]) == pytest.approx(12 * 15 / 4)
    assert left.estimate(waiting=1, began=[]) == pytest.approx(15)
    # What has gone on for longer than others ends at any moment.
    assert left.estimate(waiting=0, began=[0.0]) == 0
    assert [in_words(each) for each in (4.6, 150, 9000)] == ["5 s", "2 min", "2.5 h"]


def test_a_search_has_no_more_than_its_points() -> None:
    console, left = Console(file=io.StringIO()), TimeLeft(workers=2)
    left.note(60)
    view = LiveView(console, "smoke", 9, 1, left, at_most=True)
    assert _drawn(view)[0].endswith("1 of at most 9 points, at most 4 min left")
    view = LiveView(console, "smoke", 9, 1, left)
    assert _drawn(view)[0].endswith("1 of 9 points, about 4 min left")


def test_an_epoch_comes_with_the_accuracy_that_its_line_of_the_log_has() -> None:
    sent: list[Message] = []
    log = logging.getLogger("tests.epochs")
    log.setLevel(logging.DEBUG)
    handler = MessageHandler(sent.append)
    log.addHandler(handler)
    log.debug("epoch %d of %d %s", 0, 2, "", extra={"epochs": (0, 2)})
    log.debug("epoch %d of %d %s", 1, 2, {"val_accuracy": 0.5}, extra={"epochs": (1, 2)})
    log.removeHandler(handler)
    assert sent == [EpochEnded(0, 2, None), EpochEnded(1, 2, 0.5)]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_a_view_shows_is_in_the_file_of_the_log_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    output = LogOutput()
    output.setFormatter(logging.Formatter("[2026][HYDRA] %(message)s"))
    root = logging.getLogger("runner")
    root.addHandler(output)
    root.setLevel(logging.INFO)
    view = _view()
    with log_into(tmp_path, "runner"):
        view.started("a=1")
        view.warned("a=1: at chance")
        view.finished(_job("a=1"), Outcome("h5 10 B zipped, 95.00%"))
    monkeypatch.setattr(sys, "stdout", pipe := io.StringIO())
    view.warned("elsewhere")
    assert pipe.getvalue() == "[2026][HYDRA] elsewhere\n"
    root.removeHandler(output)
    assert terminal.getvalue() == "a=1: at chance\n"
    lines = (tmp_path / "runner.log").read_text().splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("][INFO] - started: a=1")
    assert lines[2].endswith("- finished: a=1: h5 10 B zipped, 95.00% (1 of 3 points done)")


@pytest.mark.parametrize(
    "variables", [{"TERM": "dumb"}, {"TERM": ""}, {"NO_COLOR": "1"}, {"CI": "true"}]
)
def test_the_view_is_chosen_by_launcher_and_output(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"TERM": "xterm", "NO_COLOR": "", "CI": "", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert type(choose_view("s", 2, 0, workers=2)) is LogLines
    monkeypatch.setattr(sys, "stdout", _Terminal())
    assert type(choose_view("s", 2, 0, workers=None)) is FailuresOnly
    assert type(choose_view("s", 2, 0, workers=2)) is LiveView
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert type(choose_view("s", 2, 0, workers=2)) is LogLines


def _terminal(width: int) -> tuple[io.StringIO, Console]:
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=True, width=width, height=24, color_system="standard",
        soft_wrap=True, _environ={"TERM": "xterm"},
    )  # fmt: skip
    return file, console


def _feed(screen: Screen, file: io.StringIO) -> None:
    """Show what was written since the last time."""
    screen.feed(file.getvalue().replace("\n", "\r\n"))
    file.seek(0)
    file.truncate()


@pytest.mark.parametrize("narrower", [70, 30, 29])
def test_what_is_drawn_goes_without_a_trace_when_the_terminal_becomes_narrower(
    narrower: int,
) -> None:
    file, console = _terminal(80)
    region = LiveRegion(console, lambda width, _: [Text("a" * width), Text("b" * (width // 2))])
    region.auto_refresh = False
    screen = Screen(80, 24)
    region.start(refresh=True)
    console.print("a path that only the terminal breaks/" * 3)
    _feed(screen, file)
    assert screen.in_sight[2:] == ["a" * 80, "b" * 40]
    screen.resize(narrower, 24)
    console.width = narrower
    console.print("another line")
    _feed(screen, file)
    drawn = ["a" * narrower, "b" * (narrower // 2)]
    assert screen.in_sight[-3:] == ["another line", *drawn]
    assert [line for line in screen.lines if line.startswith(("aa", "bb"))] == drawn
    region.stop()
    _feed(screen, file)
    assert screen.in_sight[-1] == "another line"


@pytest.mark.parametrize("stop", [ValueError, SystemExit])
def test_a_view_goes_whatever_ends_it_and_the_cursor_is_there_again(
    stop: type[BaseException],
) -> None:
    file, console = _terminal(80)
    screen = Screen(80, 24)

    def interrupted() -> None:
        with LiveView(console, "smoke", 3, 0, TimeLeft(2)) as view:
            view.started("a=1")
            console.print("a warning")
            _feed(screen, file)
            assert not screen.cursor_is_shown
            assert [line[:6] for line in screen.in_sight] == ["a warn", "smoke ", "worker"]
            raise stop

    with pytest.raises(stop):
        interrupted()
    _feed(screen, file)
    assert screen.cursor_is_shown
    assert screen.in_sight == ["a warning"]
