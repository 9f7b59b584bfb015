"""Texts of processes are UTF-8 under every locale and every encoding of the output."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.process import isolated
from runner.process.stream import stream
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT

_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
_SCRIPT = """
import sys; sys.path.insert(0, sys.argv[1])
from runner.process.encoding import use_utf8; use_utf8()
from pathlib import Path
Path(sys.argv[2]).write_text("\\u2192")
print(sys.stdout.encoding, sys.argv[3:])
"""


@pytest.mark.parametrize(
    ("variables", "encoding"),
    [
        (_ASCII, "ascii"),
        ({**_ASCII, "PYTHONIOENCODING": "latin-1"}, "iso8859-1"),
        ({"LC_ALL": "POSIX"}, "utf-8"),
        ({"LC_ALL": "C.UTF-8"}, "utf-8"),
    ],
)
def test_files_are_utf8_and_the_output_keeps_its_encoding(
    variables: dict[str, str], encoding: str, tmp_path: Path
) -> None:
    arguments = ["-c", _SCRIPT, str(PROJECT), str(tmp_path / "\xfc\u2192.txt"), "a b", "'c'"]
    done = subprocess.run(
        [sys.executable, *arguments], env={**_without_encodings(), **variables},
        capture_output=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == f"{encoding} ['a b', \"'c'\"]\n"
    assert (tmp_path / "\xfc\u2192.txt").read_bytes() == "\u2192".encode()


def test_processes_of_ours_speak_utf8_where_the_output_takes_ascii_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = isolated.run("json.tool", "--no-ensure-ascii", stdin='"0.0\u21920.5"')
    assert (done.stdout, done.stderr) == ('"0.0\u21920.5"\n', "")
    lines: list[str] = []
    assert stream(["-c", "print('\\u2192')"], lines.append) == 0
    assert lines == ["\u2192\n"]


def _without_encodings() -> dict[str, str]:
    left_out = ("LC_", "LANG", "PYTHONIOENCODING", "PYTHONUTF8")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
