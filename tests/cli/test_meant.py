"""What is misspelt is refused with what is meant."""

import argparse

import pytest

from runner.cli.command import parser
from runner.cli.failure import reason
from runner.cli.hydra_arguments import check_arguments
from runner.cli.limits import add_limits
from runner.cli.meant import meant
from runner.errors import Refused
from runner.planning import preflight
from runner.report.file_limits import device_of, targets_of
from tests.helpers.composing import point_of

HYDRAS = "hydra/launcher, hydra/sweeper, hydra/job_logging, hydra/hydra_logging, hydra/help, "


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("dataset=mnst", "dataset=mnst: must be one of cifar10, .*; did you mean mnist?"),
        ("hydra/launcher=worker", "hydra/launcher=worker: .*; did you mean workers?"),
        (
            "hydra/luncher=workers",
            f"hydra/luncher: no such group; with a slash, there are {HYDRAS}hydra/hydra_help"
            "; did you mean hydra/launcher?",
        ),
        ("~datset", "~datset: there is no such setting to take away; did you mean dataset?"),
        ("schedul.epochs=1", "schedul: no such setting; .*; did you mean schedule?"),
        ("schedule.epoch=1", "schedule.epoch: no such setting; .*; did you mean epochs?"),
        ("compress.name=clustr", "compress.name=clustr: must be .*; did you mean cluster?"),
        ("dataset.scale=imagnet", "dataset.scale=imagnet: must be .*; did you mean imagenet?"),
        ("export.targets=[h5,tflit_int8]", ".*; did you mean tflite_int8?"),
        ("device.name=fone", "device.name=fone: must be .*; did you mean phone?"),
        ("search.strategy=grids", "search.strategy=grids: .*; did you mean grid?"),
        ("seed=one", "seed=one: must be a whole number from 0 to 2^32 - 1"),
        ("dataset=", "dataset=: must be one of .*, npz"),
    ],
)
def test_an_override(typed: str, line: str) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011 (of Hydra's, or of ours)
        point_of(typed)
    before, _, after = line.partition(".*")
    told = reason(error.value)
    assert told.startswith(before)
    assert told.endswith(after or before)


def test_an_architecture_a_target_and_a_device() -> None:
    with pytest.raises(Refused, match=r"^architecture.name=lenet: .*; did you mean lenet5\?$"):
        preflight.check(point_of("architecture.name=lenet"), [])
    with pytest.raises(Refused, match=r"^target=tflite_in8: .*; did you mean tflite_int8\?$"):
        targets_of("tflite_in8")
    with pytest.raises(Refused, match=r"^device=fone: .*; did you mean phone\?$"):
        device_of("fone")


def test_an_option_of_hydras() -> None:
    with pytest.raises(Refused, match=r"; did you mean --multirun\?$"):
        check_arguments(["--multirn", "seed=1"])
    with pytest.raises(Refused, match=r"says what there is$"):
        check_arguments(["--xyz"])


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        (["--max-dop", "1"], "; did you mean --max-drop?"),
        (["--max_drop=1"], "; did you mean --max-drop?"),
        (["--device", "phon"], "; did you mean phone?"),
        (["--quite-another"], ""),
    ],
)
def test_an_option_of_a_command(
    typed: list[str], end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = parser("best", "", "")
    add_limits(made)
    with pytest.raises(SystemExit) as left:
        made.parse_args(typed)
    line = capsys.readouterr().err
    assert (left.value.code, line.count("\n")) == (2, 1)
    assert line.rstrip("\n").partition("; did you mean")[1:] == end.partition("; did you mean")[1:]


def test_an_option_of_a_command_of_a_command() -> None:
    made = argparse.ArgumentParser()
    made.add_subparsers().add_parser("clean").add_argument("--dry-run")
    assert meant("unrecognized arguments: --dryrun", made) == "; did you mean --dry-run?"
    # As Python 3.12 and later write it.
    told = meant("argument COMMAND: invalid choice: 'clen' (choose from run, clean)", made)
    assert told == "; did you mean clean?"
