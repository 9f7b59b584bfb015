"""For an Ethos-U `best` names the command that compiles the file, or writes the compiled file."""

import json
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.helpers.compiler import run_program
from tests.helpers.device_sweep import ETHOS, device_sweep
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in
from tests.helpers.tflite_file import write_softmax

MAIN = """
#include <cstdio>
#include "model.h"
#include "operators.h"
#include "preprocessing.h"
int main() {
  tflite::MicroMutableOpResolver<kOperators> resolver;
  if (RegisterOperators(resolver) != kTfLiteOk) return 1;
  std::fwrite(kModel, 1, kModelSize, stdout);
}
"""
VELA = (
    "vela --accelerator-config ethos-u55-128 --config Arm/vela.ini "
    "--system-config Ethos_U55_High_End_Embedded --memory-mode Shared_Sram "
)
BEST = ("best", "latest", "--device", ETHOS)

pytestmark = pytest.mark.skipif(not find_spec("ethosu"), reason="no wheel of ethos-u-vela")


@pytest.fixture(scope="module")
def folder(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a sweep: Vela compiles tflite_int8 of its first point only."""
    folder = tmp_path_factory.mktemp("ethos_u")
    shutil.copy(empty_store, folder / "mlflow.db")
    device_sweep(folder, "small")
    write_softmax(_source(folder), (4, 4, 1), int8=True)
    return folder


def _source(folder: Path) -> Path:
    points = {point.name: point for point in runs_in(folder, "point")}
    return file_of(folder, points["final_sparsity=0.5"], "models/tflite_int8.tflite")


def test_the_file_is_compiled_for_it(folder: Path, tool_in: Command) -> None:
    done = tool_in(folder, *BEST, "--output-dir", "firmware", "--json")
    assert done.returncode == 0, done.stderr
    written, told = folder / "firmware", json.loads(done.stdout)
    source = _source(folder).read_bytes()
    assert (written / "source.tflite").read_bytes() == source
    content = (written / "model.tflite").read_bytes()
    assert b"ethos-u" in content
    assert b"ethos-u" not in source
    assert run_program(written, ["AddEthosU"], MAIN) == content
    header = (written / "model.h").read_text()
    assert f"kTensorArenaSize = {told['arena_bytes']};" in header
    assert "of which Vela estimates" in header
    # Its input is as that of the file before.
    assert "constexpr int kInputShape[] = {1, 4, 4, 1};" in header
    assert "constexpr int kInputZeroPoint = -128;" in header
    readme = (written / "README.txt").read_text()
    assert "for Ethos-U55-128 with --system-config Ethos_U55_High_End_Embedded" in readme
    assert f"compile that again: {VELA}source.tflite" in readme
    assert "are estimates" in readme
    assert "left on the CPU" not in readme


def test_without_a_folder_the_command_is_named(folder: Path, tool_in: Command) -> None:
    done = tool_in(folder, *BEST)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("vela ")]
    path = shlex.split(line)[-1]
    assert line == VELA + shlex.quote(path)
    assert done.stdout.startswith(f"{path} (")
    # It is what makes the file.
    command = [sys.executable, "-m", "ethosu.vela", *shlex.split(line)[1:]]
    subprocess.run(command, cwd=folder, check=True, timeout=HANGS_AFTER, capture_output=True)
    assert list((folder / "output").glob("*_vela.tflite"))
    done = tool_in(folder, *BEST, "--output", "here.tflite")
    assert done.stdout.splitlines()[1] == f"{VELA}here.tflite"
    done = tool_in(folder, *BEST, "--json")
    assert json.loads(done.stdout)["compile"] == line
    done = tool_in(folder, "best", "latest")
    assert "vela" not in done.stdout


def test_a_file_that_vela_refuses_is_told_in_a_line(folder: Path, tool_in: Command) -> None:
    small = ["--max-drop", "1", "--where", "schedule.final_sparsity=0.9"]
    done = tool_in(folder, *BEST, *small, "--output-dir", "damaged")
    assert done.returncode == 1
    assert "tflite_int8.tflite: not compiled for ethos_u55_128 (Vela " in done.stderr
    assert not (folder / "damaged").exists()
