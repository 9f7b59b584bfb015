"""Hydra's settings of names and folders that cannot be used are refused by name, in a line."""

from pathlib import Path

import pytest

from runner.errors import Refused
from runner.escaping.log_lines import LogFile
from tests.helpers.project import Command

LONG = "x" * 300
JOB_NAMES = ["/dev/null", "a/b", "../x", "", LONG, "a\0b"]


@pytest.mark.parametrize("name", JOB_NAMES)
def test_a_name_of_a_job_is_a_files_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^hydra\.job\.name=.*: must be a file's name"):
        LogFile(str(tmp_path), name)
    assert not list(tmp_path.iterdir())


def test_a_log_that_cannot_be_opened_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^hydra\.job\.name=a: must be a file's name .*No such file"):
        LogFile(str(tmp_path / "none"), "a")


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("hydra.job.name=/dev/null", "hydra.job.name=/dev/null: must be a file's name"),
        ("-m hydra.job.name=a/b", "hydra.job.name=a/b: must be a file's name"),
        ("hydra.run.dir=/proc/x", "hydra.run.dir=/proc/x: must be a folder to write into"),
        (
            "hydra.output_subdir=/dev/null",
            "hydra.output_subdir=/dev/null: must be a folder to write into",
        ),
        ("-m hydra.sweep.dir=/proc/x", "hydra.sweep.dir=/proc/x: must be a folder to write into"),
        (
            "-m hydra.sweep.subdir=../../z",
            "hydra.sweep.subdir=../../z: must be a folder inside of hydra.sweep.dir",
        ),
    ],
)
def test_a_name_or_folder_of_hydra_is_refused_by_its_setting(
    light_command: Command, setting: str, named: str
) -> None:
    done = light_command(*setting.split(), "schedule.epochs=1")
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"runner: {named}")
