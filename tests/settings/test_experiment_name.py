from pathlib import Path

import pytest
import yaml

import runner
from runner.errors import Refused
from runner.nightly.settings import DEFAULT, read
from runner.settings import Settings
from runner.settings.experiment_name import ID, NAME, resolve
from tests.helpers.project import Command


def test_the_setting_then_the_environment_then_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().tracking.experiment == runner.compose().tracking.experiment == "sparsity"
    monkeypatch.setenv(ID, "3")
    assert runner.compose().tracking.experiment == "MLFLOW_EXPERIMENT_ID=3"
    monkeypatch.setenv(NAME, "theirs, and ours")
    assert Settings().tracking.experiment == "theirs, and ours"
    assert runner.compose().tracking.experiment == "theirs, and ours"
    assert runner.compose("tracking.experiment=mine").tracking.experiment == "mine"


def test_a_variable_that_is_set_to_nothing_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "")
    monkeypatch.setenv(ID, "")
    assert resolve(None) == "sparsity"


def test_nights_keep_to_their_own_unless_their_file_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, "theirs")
    assert read().experiment == "nightly"
    path = tmp_path / "open.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(DEFAULT.read_text()), "experiment": None}))
    assert read(path).experiment == "theirs"
    monkeypatch.delenv(NAME)
    assert read(path).experiment == "nightly"


@pytest.mark.parametrize(("variable", "value"), [(NAME, "a\udcffb"), (ID, "3 or 4"), (ID, "-1")])
def test_what_no_experiment_is_called_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refused, match=f"^{variable}=.*: must be"):
        resolve(None)


def test_a_refusal_of_the_command_line_names_the_variable(light_command: Command) -> None:
    done = light_command(env={ID: "3 or 4"})
    assert done.returncode == 2
    assert "MLFLOW_EXPERIMENT_ID=3 or 4: must be the id of an experiment, as in 3" in done.stderr
