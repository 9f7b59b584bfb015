"""A night whose names come from outside: its page, its JSON, its text and its note."""

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from runner.nightly.history.past import PastNight
from runner.nightly.history.points import File, NightPoint
from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import Verdict, judge
from runner.nightly.report.notify import log_to, write
from runner.nightly.report.trends import trend
from runner.tracking import Kind, Store
from tests.helpers.nasty_names import NAMES, hidden_in

EVERYTHING = " ".join(NAMES.values())
# Few, for each has a picture.
SWEEPS = [" ".join(list(NAMES.values())[first::3]) for first in range(3)]


@pytest.fixture
def verdict() -> Verdict:
    """A night of sweeps, targets, points, errors and facts of such names."""
    file = File(0.9, 0.9, 100.0, 90.0)
    sweeps = {
        name: NightSweep(
            name=name,
            points={
                name: NightPoint(name, "FINISHED", 1.0, {"h5": file}),
                "failed": NightPoint("failed", "FAILED", None, {}, name),
            },
            pick=Pick(name, "h5", 90.0, 0.9, certainty=name),
            postponed=(name,),
            warnings=(name,),
        )
        for name in SWEEPS
    }
    night = Night(EVERYTHING, "0" * 32, sweeps, {EVERYTHING: EVERYTHING})
    return judge(night, [], Tolerance(), [EVERYTHING])


def test_what_a_night_writes_holds_names_as_text(verdict: Verdict, tmp_path: Path) -> None:
    past = PastNight(verdict.night, EVERYTHING, accepted=False)
    write(verdict, [past, past], tmp_path)
    text = (tmp_path / "nightly.txt").read_text(encoding="utf-8")
    html = (tmp_path / "nightly.html").read_text(encoding="utf-8")
    read = json.loads((tmp_path / "nightly.json").read_bytes(), parse_constant=pytest.fail)
    assert Night.from_dict(read["night"]).progress == verdict.night.progress
    assert hidden_in(text) == []
    # Four for each sweep, three of titles, and of each title a line and an empty one.
    assert len(text.splitlines()) == 4 * len(SWEEPS) + 1 + 2 + 2 * len(verdict.details)
    body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert hidden_in(body) == []
    assert not re.search(r"<(b|a|img|script)\b", body)
    assert "&lt;script&gt;" in body


def test_trends_hold_names_as_text(verdict: Verdict) -> None:
    for name in SWEEPS:
        past = PastNight(verdict.night, EVERYTHING, accepted=False)
        figure = trend([past], name)
        assert figure is not None
        text = json.dumps(json.loads(figure.to_json())["data"], ensure_ascii=False)
        text += str(figure.layout.title.text) + str(figure.layout.annotations)
        assert hidden_in(text) == []
        assert not re.search(r"<(?!extra>|/extra>|br>)", text)
        assert figure.data[0].hovertemplate.count("%{") == 2


def test_the_note_is_text(verdict: Verdict, tmp_path: Path) -> None:
    write(verdict, [], tmp_path)
    store = Store(f"sqlite:///{tmp_path}/s.db", "nightly")
    run = store.new_run(Kind.NIGHTLY, EVERYTHING, {}, {})
    log_to(run, verdict, tmp_path)
    run.flush()
    note = store.get(run.id).tags["mlflow.note.content"]
    assert hidden_in(note) == []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(note)
    kinds = {child.type for token in tokens for child in (token, *(token.children or []))}
    blocks = {kind.rpartition("_")[0] for kind in kinds if kind.endswith(("_open", "_close"))}
    assert blocks == {"paragraph", "bullet_list", "list_item"}
    assert kinds.isdisjoint({"html_inline", "html_block", "image", "code_inline", "fence"})
