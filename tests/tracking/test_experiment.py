import json
from pathlib import Path

import mlflow
import pytest

from runner.errors import Refused
from runner.settings.experiment_name import ID, NAME, resolve
from runner.tracking import Kind, Store
from tests.helpers.project import Command


@pytest.fixture
def uri(store_folder: Path) -> str:
    return f"sqlite:///{store_folder}/mlflow.db"


def _chosen(uri: str, create: bool = True) -> Store:
    store = Store(uri, str(resolve(None)))
    store.connect(create)
    return store


def test_the_environment_chooses_the_experiment(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = mlflow.MlflowClient(uri).create_experiment("theirs")
    monkeypatch.setenv(ID, theirs)
    store = _chosen(uri)
    assert (store.experiment, store.experiment_id) == ("theirs", theirs)
    monkeypatch.setenv(NAME, "of this name")
    assert _chosen(uri).experiment == "of this name"


@pytest.mark.parametrize("number", ["77", "x"])
def test_an_id_that_the_store_does_not_have_is_refused(
    uri: str, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.setenv(ID, number)
    for create in (True, False):
        with pytest.raises(Refused, match=f"^{ID}={number}: must be an experiment of the store: "):
            _chosen(uri, create)


def test_the_commands_read_the_experiment_of_the_environment(
    uri: str, tool_in: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(uri, "theirs").new_run(Kind.SWEEP, "of theirs", {}, {}).end("FINISHED")
    monkeypatch.setenv(NAME, "theirs")
    for command in ("best", "report.__main__"):
        done = tool_in(tmp_path, command, "nothing")
        assert done.returncode == 2
        assert "must be a sweep of experiment theirs: of theirs" in done.stderr, json.dumps(command)
    done = tool_in(tmp_path, "best", "nothing", "--experiment", "Default")
    assert "must be a sweep of experiment Default" in done.stderr
