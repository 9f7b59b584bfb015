"""Every output that shows a name, each fed with the same nasty names, in this process."""

import argparse
import ast
import io
import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf, open_dict
from rich.cells import cell_len
from rich.console import Console

from runner.cli import command
from runner.cli.failure import explain
from runner.errors import Refused, RunnerError
from runner.point.outcome import Outcome
from runner.results import console
from runner.results.rows import Results
from runner.settings.paths import CONF, register
from runner.sweep.jobs import Job
from runner.sweep.view import plain_lines
from runner.sweep.view.live_view import LiveView
from runner.sweep.view.plain_lines import LogLines
from runner.sweep.view.time_left import TimeLeft
from runner.tracking import Kind, Store
from tests.helpers.nasty_names import HIDDEN, NAMES, hidden_in
from tests.helpers.nasty_sweep import nasty_sweep
from tests.helpers.source_code import files, tree

CapSys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def swept_nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Results]:
    return nasty_sweep(tmp_path_factory.mktemp("nasty"))


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return NAMES[request.param]


def _line(text: str) -> str:
    """The one line that a text consists of, without anything that steers a terminal."""
    assert hidden_in(text) == []
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text[:-1]


def test_a_refusal_and_a_failure_are_one_line(name: str, capsys: CapSys) -> None:
    assert explain("runner", Refused(f"dataset.path={name}: must be a file")) == 2
    assert explain("runner", RunnerError(name)) == 1
    assert explain("runner", OSError(28, "No space left on device", name)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    for line in err.splitlines(keepends=True):
        assert _line(line).startswith("runner: ")
    assert err.count("\n") == 3


def test_a_fault_is_shown_with_its_traceback(name: str, capsys: CapSys) -> None:
    with pytest.raises(KeyError) as caught:
        raise KeyError(name) from ValueError(name)
    assert explain("runner", caught.value) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert hidden_in(err) == []
    assert _line(err.splitlines(keepends=True)[-1]).startswith("runner: this is a fault")


def test_a_malformed_command_line_is_refused_in_one_line(name: str, capsys: CapSys) -> None:
    parser = command.parser("best", "Choose.", "it failed")
    for typed in ([name], [f"--{name}"], ["--tracking-uri", "x", name]):
        with pytest.raises(SystemExit) as left:
            parser.parse_args(typed)
        assert left.value.code == 2
        assert _line(capsys.readouterr().err).startswith("python -m runner.best: ")


def test_json_is_valid_whatever_it_holds(name: str, capsys: CapSys) -> None:
    values = {name: [name, {"inner": (name, float("nan"), 1.5, None, True)}]}
    command.show(argparse.Namespace(json=True), values, "")
    text = capsys.readouterr().out
    assert text.isascii()
    read = json.loads(text, parse_constant=pytest.fail)
    ((key, value),) = read.items()
    assert key == value[0]
    key.encode()
    if "\ud800" not in name and not any("\udc80" <= each <= "\udcff" for each in name):
        assert key == name


def test_what_a_command_says_stays_as_many_lines(name: str, capsys: CapSys) -> None:
    command.show(argparse.Namespace(json=False), {}, name, "second")
    out = capsys.readouterr().out
    assert hidden_in(out) == []
    assert out.count("\n") == 2


@pytest.mark.parametrize("width", [None, 60, 4000])
def test_results_are_shown_without_what_steers(
    swept_nasty: tuple[Store, Results],
    width: int | None,
    capsys: CapSys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if width:
        # A terminal without colours.
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("COLUMNS", str(width))
    console.show(*swept_nasty)
    console.show_all(*swept_nasty)
    out = capsys.readouterr().out
    assert hidden_in(out) == []
    assert "[red]x[/red]" in out.replace("\\", "").replace("\n", "") or width == 60
    assert "\n[2026" not in out


@pytest.mark.parametrize("width", [60, 4000])
def test_a_live_view_shows_names_as_text(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest keeps what is logged, and cannot hand on a name that is no UTF-8.
    monkeypatch.setattr(plain_lines.log, "disabled", True)
    point: Any = SimpleNamespace(name=name)
    view = LiveView(Console(file=io.StringIO()), name, total=3, done=0, left=TimeLeft(2))
    job = Job("point", name, point)
    view.started(name, name)
    view.failed(job, name)
    view.started(name, name)
    view.finished(job, Outcome(name))
    view.started(name, name)
    lines = view.lines(width, 24)
    assert len(lines) == 4
    assert hidden_in("".join(line.plain for line in lines)) == []
    assert max(cell_len(line.plain) for line in lines) <= width


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The log of a job as conf/ sets it up; its console is standard output."""
    register()
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        config = compose("config", [], return_hydra_config=True)
    with open_dict(config):
        config.hydra.runtime.output_dir = str(tmp_path)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logging.config.dictConfig(
        OmegaConf.to_container(config.hydra.job_logging, resolve=True)  # type: ignore[arg-type]
    )
    yield tmp_path / "runner.log"
    for handler in root.handlers[:]:
        handler.close()
    root.handlers, root.level = handlers, level


def _without_the_tests_own_handlers() -> None:
    """Keep names that are no UTF-8 out of what one process of the tests sends to another."""
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if type(each).__module__ != "_pytest.logging"]


def test_a_log_holds_one_line_for_each_record(log_file: Path, capsys: CapSys) -> None:
    _without_the_tests_own_handlers()
    with LogLines(total=3, done=0) as view:
        for name in NAMES.values():
            view.started(name)
            view.warned(name.replace("%", "%%"))
    logging.getLogger("library").warning("of two\n[2026-01-01] lines")
    text = log_file.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert hidden_in(text) == []
    assert len(lines) == 2 * len(NAMES) + 2
    assert lines[-1] == "    [2026-01-01] lines"
    assert not [line for line in lines[:-1] if not line.startswith("[20")]
    assert NAMES["ordinary"] in text
    # Captured before the handlers of the log were made, or by them: the same lines.
    assert hidden_in(capsys.readouterr().out) == []


def test_a_log_shows_a_traceback_without_what_steers(log_file: Path) -> None:
    try:
        raise ValueError("\x1b[31m\nsecond")
    except ValueError:
        logging.getLogger("runner.x").exception("failed: %s", "\x1b")
    text = log_file.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "failed: \\x1b" in text
    assert hidden_in(text) == []


def test_a_store_takes_every_text(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/s.db", "sparsity")
    # A store takes only the first characters of a name.
    everything = " ".join([NAMES["ordinary"], *NAMES.values()])
    run = store.new_run(Kind.POINT, everything, {"text": everything}, {"runner.x": everything})
    run.tag("runner.y", everything)
    run.log_text(everything, "text.txt")
    run.end("FAILED", everything)
    record = store.get(run.id)
    assert "caf\\xe9 \\xff" in record.params["text"]
    for text in (record.name, record.tags["runner.x"], record.tags["runner.y"]):
        assert NAMES["ordinary"] in text
        text.encode()
    path = Path(store.local_file(record, "text.txt"))
    assert NAMES["ordinary"] in path.read_text(encoding="utf-8")


def test_only_one_place_prints() -> None:
    printing = [
        path
        for path in files("runner")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printing == []


def test_the_list_of_names_is_nasty() -> None:
    text = "".join(NAMES.values())
    assert {each for each in HIDDEN if each in text} > {"\x1b", "\x9b", "\u202e", "\udcff", "\x7f"}
    assert sys.getfilesystemencoding() == "utf-8"


def test_an_experiment_of_any_name_keeps_its_files_below_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    for experiment in ("..", NAMES["script"], NAMES["long"]):
        store = Store(f"sqlite:///{folder}/s.db", experiment)
        run = store.new_run(Kind.POINT, "p", {}, {})
        run.log_text("text", "a.txt")
        run.flush()
        path = Path(store.local_file(store.get(run.id), "a.txt"))
        assert path.read_text() == "text"
        (place, *_) = path.resolve().relative_to(folder / "mlruns").parts
        assert place != run.id
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]
