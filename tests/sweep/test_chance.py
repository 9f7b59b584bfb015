"""A baseline at chance, by the real command line: every place says why no file is to ship."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import runner
from runner.nightly.history.collect import read_night
from runner.nightly.history.past import PAGE, PastNight
from runner.nightly.history.records import Night
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import judge
from runner.nightly.report.notify import log_to, write
from runner.nightly.report.status import status_lines
from runner.nightly.settings import read
from runner.tracking import Kind
from runner.tracking.tags import NO_PICK, NOTE, PARENT, PICK
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in, store_in
from tests.helpers.tiny import quick

SENTENCE = re.compile(
    r"The baseline.s accuracy, [\d.]+%, is not above chance \([\d.]+%, the share of the "
    r"largest class\): no comparison with it means anything, and no file is to ship\."
)


@pytest.fixture
def at_chance(folder: Path, tmp_path: Path) -> Path:
    """A copy of the small sweep's store, in which the largest class has nearly all images."""
    copy = tmp_path / "at_chance"
    copy.mkdir()
    shutil.copy(folder / "mlflow.db", copy)
    (baseline,) = runs_in(copy, "baseline")
    run = store_in(copy).reopen(baseline)
    run.log_metrics({"chance": 0.99})
    run.flush()
    return copy


def test_a_sweep_logs_what_chance_is(swept: tuple[Path, str, str]) -> None:
    (baseline,) = runs_in(swept[0], "baseline")
    assert baseline.metrics["chance"] == pytest.approx(1 / 3)
    assert baseline.metrics["accuracy_bound"] == 1
    assert not SENTENCE.search(swept[1])


@pytest.mark.parametrize("name", ["best", "promote"])
def test_a_command_that_chooses_refuses(tool_in: Command, at_chance: Path, name: str) -> None:
    done = tool_in(at_chance, name, "latest", "--max-drop", "1")
    assert done.returncode == 1
    assert SENTENCE.match(done.stdout)
    told = json.loads(tool_in(at_chance, name, "latest", "--json").stdout)
    assert told["qualifies"] is False
    assert SENTENCE.match(told["reason"])


def test_python_is_told(at_chance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(at_chance)
    assert SENTENCE.match(str(runner.load().decision()))
    with pytest.raises(runner.NothingQualifies, match=SENTENCE):
        runner.load().best(max_drop=1.0)


def test_a_report_says_why_and_marks_nothing(tool_in: Command, at_chance: Path) -> None:
    assert tool_in(at_chance, "report.__main__", "latest", "--output", "here").returncode == 0
    html, text = ((at_chance / "here" / f"report.{end}").read_text() for end in ("html", "md"))
    assert SENTENCE.search(html.replace("&#39;", "'"))
    assert SENTENCE.search(text)
    assert "<td>to ship</td>" not in html
    assert "below the baseline" not in html


def test_a_night_is_not_good_without_a_word(at_chance: Path) -> None:
    store = store_in(at_chance)
    night = store.new_run(Kind.NIGHTLY, "2026-11-26", {}, {})
    night.flush()
    (sweep,) = runs_in(at_chance, "sweep")
    run = store.reopen(sweep)
    run.tag(PARENT, night.id)
    run.flush()
    known = read_night(store, night.id, {})
    assert [sweep.pick for sweep in known.sweeps.values()] == [None]
    assert Night.from_dict(json.loads(json.dumps(known.as_dict()))) == known
    verdict = judge(known, [], Tolerance(), [])
    name = "initial_sparsity-x-final_sparsity"
    assert re.search(rf"\nNo file to ship:\n- {name}: {SENTENCE.pattern}", verdict.text)
    assert verdict.as_dict()["warnings"] == known.warnings
    write(verdict, [PastNight(known, verdict.word, accepted=False)], at_chance)
    assert SENTENCE.search((at_chance / PAGE).read_text().replace("&#39;", "'"))
    log_to(night, verdict, at_chance)
    night.end("FINISHED")
    config = at_chance / "nightly.yaml"
    config.write_text(json.dumps({"sweeps": ["a"], "experiment": "sparsity", "uri": store.uri}))
    assert "no verdict yet, a sweep without a file to ship, begun" in status_lines(read(config))[0]


def _in_another_order(npz: Path) -> None:
    """Shift the labels of all images that nothing is learned from, as a wrong list of names does.

    The last tenth of the training images is for validation.
    """
    arrays = dict(np.load(npz))
    learned = len(arrays["y_train"]) * 9 // 10
    arrays["y_train"][learned:] = (arrays["y_train"][learned:] + 1) % 3
    arrays["y_test"] = (arrays["y_test"] + 1) % 3
    np.savez(npz, **arrays)


@pytest.mark.long
def test_labels_in_another_order_are_told(
    command: Command, tool_in: Command, npz: Path, tmp_path: Path
) -> None:
    _in_another_order(npz)
    few = ["export.targets=[tflite_dynamic]", "schedule.final_sparsity=0.5,0.8"]
    done = command("-m", *few, *quick(npz), "hydra.sweep.dir=out")
    assert done.returncode == 0, done.stderr
    assert SENTENCE.search(done.stdout)
    assert "\nShip " not in done.stdout
    assert "0.00%, not above chance" in done.stdout
    # Once by the first of the jobs, which all say it in their logs, and once by the sweep.
    assert len(SENTENCE.findall(done.stdout + done.stderr)) == 2

    (baseline,), (sweep,) = (runs_in(tmp_path, kind) for kind in ("baseline", "sweep"))
    assert baseline.metrics["validation_accuracy/h5"] == 0
    assert baseline.metrics["accuracy_bound"] == pytest.approx(0.09, abs=0.01)
    assert SENTENCE.match(sweep.tags[NO_PICK])
    assert SENTENCE.match(sweep.tags[NOTE].removeprefix("**"))
    assert "picked_accuracy" not in sweep.metrics
    assert not any(PICK in point.tags for point in runs_in(tmp_path, "point"))
    for name in ("report.html", "report.md"):
        assert SENTENCE.search(file_of(tmp_path, sweep, name).read_text().replace("&#39;", "'"))
    assert tool_in(tmp_path, "best", "latest").returncode == 1
    assert tool_in(tmp_path, "promote", "latest").returncode == 1
