import io
import subprocess
import sys

import pytest

from runner.escaping.terminal import complain, encodable, say, visible, visible_lines
from tests.helpers.nasty_names import HIDDEN, NAMES, hidden_in
from tests.helpers.project import PROJECT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b", "\\x9b"),
        ("\u202eabc", "\\u202eabc"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        (NAMES["ordinary"], NAMES["ordinary"]),
    ],
)
def test_what_steers_or_hides_is_shown_and_the_rest_stays(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_shown_name_is_one_line_that_can_be_written(name: str) -> None:
    text = visible(NAMES[name])
    assert hidden_in(text) == []
    assert "\n" not in text
    text.encode()
    encodable(NAMES[name]).encode()


def test_lines_stay_lines() -> None:
    assert visible_lines("a\x1b\nb\r\n") == "a\\x1b\nb\\r\n"


def test_only_lone_surrogates_cannot_be_written() -> None:
    kept = [character for character in HIDDEN if not "\ud800" <= character <= "\udfff"]
    assert encodable("".join(kept)) == "".join(kept)
    assert encodable("a\udcffb") == "a\\xffb"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_stream_of_any_encoding_takes_every_name(encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    say(*NAMES.values(), stream=stream)
    stream.seek(0)
    lines = stream.read().split("\n")
    assert len(lines) == len(NAMES) + 1
    assert hidden_in("".join(lines)) == []


def test_a_stream_that_lacks_our_own_characters_gets_plain_ones() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    say("\u2713 0.0\u21920.5 \u2026", "caf\xe9", stream=stream)
    stream.seek(0)
    assert stream.read() == "+ 0.0->0.5 ...\ncaf\\xe9\n"


def test_complaints_go_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    complain("a\x1b")
    assert capsys.readouterr() == ("", "a\\x1b\n")
    # A notebook's stream has no encoding.
    monkeypatch.setattr(sys, "stdout", stream := io.StringIO())
    say("a\udcff")
    assert stream.getvalue() == "a\\xff\n"


def test_closed_outputs_keep_their_numbers() -> None:
    code = (
        "import os; from runner.escaping.terminal import complain, prepare_streams, say;"
        "prepare_streams(); say('a'); complain('b');"
        "assert os.open(os.devnull, os.O_RDONLY) > 2"
    )
    closed = f'exec "{sys.executable}" -c "{code}" >&- 2>&-'
    done = subprocess.run(["sh", "-c", closed], cwd=PROJECT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("output", ["| true", "> /dev/full"])
def test_what_nobody_takes_is_left_out(output: str) -> None:
    code = (
        "import logging, sys, time; from runner.escaping.terminal import prepare_streams, say;"
        "prepare_streams(); logging.basicConfig(stream=sys.stdout); time.sleep(0.2);"
        "[(say('line'), logging.warning('line')) for _ in range(100)]; print('x' * 100_000)"
    )
    line = f'set -o pipefail; "{sys.executable}" -c "{code}" {output}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
