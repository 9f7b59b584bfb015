"""Commands by their names, as in `python -m runner best`."""

import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest

from runner import __main__ as door
from runner import __version__
from runner.cli.commands import MODULES
from tests.helpers.project import Command

Enter = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Enter:
    """Enter `python -m runner` with these words."""

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        monkeypatch.setattr(sys, "argv", ["runner", *words])
        with pytest.raises(SystemExit) as left:
            door.main()
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(words, int(str(left.value.code or 0)), out, err)

    return run


@pytest.mark.parametrize("name", MODULES)
def test_a_command_is_entered_by_its_name(enter: Enter, name: str) -> None:
    done = enter(name, "--help")
    assert done.returncode == 0
    # Those of crontabs are entered by their modules too.
    assert re.match(rf"usage: python -m runner[. ]{name} ", done.stdout)


def test_what_follows_the_name_is_for_the_command(enter: Enter) -> None:
    done = enter("best", "latest", "--max-drop", "2")
    assert done.returncode == 2
    assert done.stderr.startswith("python -m runner.best: ")
    assert "--max-drop" in done.stderr


@pytest.mark.parametrize(
    ("word", "end"),
    [("bset", "; did you mean best?"), ("Report", "; did you mean report?"), ("x", "as in seed=1")],
)
def test_another_word_is_refused_with_the_command_that_is_meant(
    enter: Enter, word: str, end: str
) -> None:
    done = enter(word, "latest")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"runner: {word}: must be one of the commands best, delete, ")
    assert line.endswith(end)


def test_versions_are_named_without_importing_what_they_are_of(light_command: Command) -> None:
    done = light_command("--version")
    assert (done.returncode, done.stderr) == (0, "")
    names = [line.partition(" ")[0] for line in done.stdout.splitlines()]
    assert names == [
        "pruning-sweep-runner", "tensorflow", "tensorflow-model-optimization", "mlflow",
        "hydra-core", "numpy",
    ]  # fmt: skip
    assert f"\nnumpy {version('numpy')}\n" in done.stdout
    assert done.stdout.startswith(f"pruning-sweep-runner {__version__}\n")


@pytest.mark.parametrize("word", ["schedule.epoch", "nope=1", "~dataset", "--nope"])
def test_what_is_no_plain_word_goes_to_hydra(light_command: Command, word: str) -> None:
    done = light_command(word)
    assert done.returncode == 2
    assert "commands" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("dataset=mn", "dataset=mnist"), ("schedule.final", "schedule.final_sparsity=")],
)
def test_a_shell_completes_as_hydra_does(light_command: Command, typed: str, offered: str) -> None:
    done = light_command("-sc", "query=bash", env={"COMP_LINE": f"runner {typed}"})
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{offered}\n", "")
