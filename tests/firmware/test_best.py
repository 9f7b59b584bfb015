"""`best --output-dir` asks again for a microcontroller, and writes what its firmware needs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.export.tflm.encoded_file import can_encode
from tests.helpers.compiler import run_program
from tests.helpers.project import Command
from tests.helpers.stores import copied

MAIN = """
#include <cstdio>
#include "model.h"
#include "preprocessing.h"
int main() { std::fwrite(kModel, 1, kModelSize, stdout); std::fputs(kClassLabels[2], stdout); }
"""


@pytest.fixture
def folder(swept: tuple[Path, str, str], tmp_path: Path) -> Iterator[Path]:
    with copied(swept[0], tmp_path / "copy") as folder:
        yield folder


@pytest.mark.long
@pytest.mark.skipif(not can_encode(), reason="no wheel of tflite-micro")
def test_the_smallest_file_that_runs_there_is_written(folder: Path, tool_in: Command) -> None:
    wanted = ["--device", "microcontroller", "--max-drop", "1", "--output-dir", "new/firmware"]
    # Nothing but what is asked for is made.
    done = tool_in(folder, "best", "latest", *wanted, "--target", "tflite_int8", "--json")
    assert done.returncode == 0, done.stderr
    written = folder / "new" / "firmware"
    assert {path.name for path in written.iterdir()} == {
        *("model.tflite", "model.h", "model.cc", "operators.h", "preprocessing.h"),
        *("model.json", "README.txt"),
    }
    told = json.loads(done.stdout)
    assert told["target"] == "tflite_int8"
    assert told == json.loads((written / "model.json").read_text())
    content = (written / "model.tflite").read_bytes()
    assert run_program(written, [], MAIN) == content + b"2"
    header = (written / "model.h").read_text()
    assert f"kTensorArenaSize = {told['arena_bytes']};" in header
    assert told["arena_bytes"] > 2048
    lines = tool_in(folder, "best", "latest", *wanted[:-1], "again", "--target", "tflite_int8")
    assert lines.stdout.splitlines()[1].startswith(f"Reserve {told['arena_bytes']:,} bytes")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--output-dir", "x"], "--output-dir=x: is for firmware: add --device microcontroller"),
        (["--output-dir", "x", "--device", "phone"], "--output-dir=x: is for firmware: add"),
        (["--output-dir", "x", "--output", "y.tflite"], "--output-dir=x: must stand alone"),
        (["--output-dir", "tiny.npz"], "--output-dir=tiny.npz: must be a folder to write"),
    ],
)
def test_what_is_no_firmware_is_refused(tool: Command, arguments: list[str], line: str) -> None:
    done = tool("best", "latest", *arguments)
    assert done.returncode == 2
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
