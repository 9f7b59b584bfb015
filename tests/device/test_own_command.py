"""A command of the user's own measures a file; where it does not, it says why, and nothing else."""

import shlex
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from mlflow.utils.validation import _validate_metric_name

from runner.device.own_command import CommandFailed, measure_by
from runner.errors import Refused
from runner.settings import from_hydra
from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.project import Compose

PYTHON = shlex.quote(sys.executable)
# What a command prints, and what it is told; a command that is written in Python.
FAULTS = {
    "print('no number')": "printed no JSON in its last line: no number",
    "print('12.5')": "printed no numbers by name: 12.5",
    "print('{}')": "printed no numbers by name: {}",
    "pass": "printed nothing; a line of JSON is wanted",
    "print('{\"ms\": NaN}')": "printed ms=nan, which is no finite number",
    "print('{\"ms\": 1e999}')": "printed ms=inf, which is no finite number",
    "print('{\"ms\": ' + '9' * 400 + '}')": "which is no finite number",
    "print('{\"ms\": true}')": "printed ms=true, which is no number",
    'print(\'{"ms": "12"}\')': 'printed ms="12", which is no number',
    "print('{\"a b\": 1}')": "printed the name 'a b'; letters",
    "print('{\"a/b\": 1}')": "printed the name 'a/b'; letters",
    'print(\'{"ms": 1, ".": 1}\')': "printed the name '.'; letters",
    "print('{\"..\": 1}')": "printed the name '..'; letters",
    "print('{\"\": 1}')": "printed the name ''; letters",
    "print('{\"ms\\\\n\": 1}')": "printed the name 'ms\\n'; letters",
    "print('{\"\u00b5s\": 1}')": "printed the name '\u00b5s'; letters",
    "print('[' * 9999)": "printed no JSON",
    "import sys; print('half'); sys.exit('no device found')": "ended with code 1: no device found",
    "import sys; print('half'); sys.exit(3)": "ended with code 3: half",
    "import os; os.abort()": "ended with code -6",
}


def by_python(code: str) -> str:
    """Write a command that Python runs, with the file as its only argument."""
    return f"{PYTHON} -c {shlex.quote(code)} {{file}}"


def test_its_numbers_are_those_of_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "a file's 'name' $HOME.tflite"
    path.write_bytes(b"12345")
    code = (
        "import json, os, sys\nprint('warming up'); print('{\"ms\": 1}')\n"
        "print(json.dumps({'bytes': os.stat(sys.argv[1]).st_size, 'ms.p90_x-y': 2.5}), '\\n')"
    )
    found = measure_by(by_python(code), path, HANGS_AFTER, tmp_path / "locks")
    assert found == {"bytes": 5, "ms.p90_x-y": 2.5}


def test_a_mark_that_a_shell_puts_before_its_numbers_is_none_of_them(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(b'\\xef\\xbb\\xbf{\"ms\": 1}')"
    found = measure_by(by_python(code), tmp_path / "h5.h5", HANGS_AFTER, tmp_path / "locks")
    assert found == {"ms": 1}


def test_mlflow_takes_each_name_that_is_taken(tmp_path: Path) -> None:
    names = [".", "..", "...", ".a", "a.", "..a", "a..", "-", "_", "1", "a" * 60, "a" * 61]
    taken: list[str] = []
    for name in names:
        with suppress(CommandFailed):
            code = f"print('{{\"{name}\": 1}}')"
            taken += measure_by(
                by_python(code), tmp_path / "h5.h5", HANGS_AFTER, tmp_path / "locks"
            )
    assert taken == names[2:-1]
    for name in taken:
        _validate_metric_name(f"own/{name}/tflite_int8")


def test_the_path_may_be_a_part_of_a_word(tmp_path: Path) -> None:
    code = "import sys; print('{\"right\": %d}' % (sys.argv[1] == '--graph=' + sys.argv[2]))"
    command = f"{PYTHON} -c {shlex.quote(code)} --graph={{file}} {{file}}"
    path = tmp_path / "with blank.tflite"
    assert measure_by(command, path, HANGS_AFTER, tmp_path / "locks") == {"right": 1}


@pytest.mark.parametrize("code", FAULTS)
def test_what_it_prints_instead_is_told(code: str, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed) as failure:
        measure_by(by_python(code), tmp_path / "h5.h5", HANGS_AFTER, tmp_path / "locks")
    assert FAULTS[code] in str(failure.value)
    assert "\n" not in str(failure.value)
    assert len(str(failure.value)) < 500


def test_a_command_that_is_not_there_or_may_not_run_is_told(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("")
    for command in ("/nowhere/at/all {file}", f"{script} {{file}}"):
        with pytest.raises(CommandFailed, match="cannot be run"):
            measure_by(command, tmp_path / "h5.h5", HANGS_AFTER, tmp_path / "locks")


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(9999)'])\n"
        "open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(9999)"
    )
    path = tmp_path / "number"
    with pytest.raises(CommandFailed, match="took more than 2 seconds"):
        measure_by(by_python(code), path, 2, tmp_path / "locks")
    number = int(path.read_text())
    wait_until(lambda: not psutil.pid_exists(number) or _ended(number), "the child to end")


def _ended(number: int) -> bool:
    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_one_runs_at_a_time(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "os.mkdir(sys.argv[1]); time.sleep(0.2); os.rmdir(sys.argv[1]); print('{\"ms\": 1}')"
    )
    failures: list[Exception] = []

    def run() -> None:
        try:
            measure_by(by_python(code), tmp_path / "busy", HANGS_AFTER, tmp_path / "locks")
        except CommandFailed as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("typed", ["bench", "'bench {file'", '"bench \'{file}"', "''", "3"])
def test_a_command_without_a_place_for_the_file_is_refused(composed: Compose, typed: str) -> None:
    with pytest.raises(Refused, match=r"measure.command=.*with \{file\} for a file's path"):
        from_hydra(composed(f"measure.command={typed}"))


def test_a_command_is_read_as_it_is_typed(composed: Compose) -> None:
    asked = from_hydra(composed("measure.command=\"adb shell 'time bench' --graph={file}\""))
    assert asked.measure.command == "adb shell 'time bench' --graph={file}"
