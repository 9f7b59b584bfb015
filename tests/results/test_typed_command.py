"""Commands that are printed and written on pages can be pasted."""

from pathlib import Path

import pytest

from runner.report.files_data import seen_by
from runner.results.typed_command import command_elsewhere, typed_command
from runner.tracking import Store


@pytest.fixture
def here(tmp_path: Path) -> str:
    """The address of the store that is used here without a setting."""
    return f"sqlite:///{tmp_path}/mlflow.db"


def test_a_page_names_what_only_the_environment_says(
    here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command_elsewhere(Store(here, "sparsity"), "best", "1") == "python -m runner best 1"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////a b/c.db")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    store = Store("sqlite:////a b/c.db", "mine")
    assert typed_command(store, "best", "1").endswith(" -m runner best 1")
    given = "--experiment mine --tracking-uri 'sqlite:////a b/c.db'"
    assert command_elsewhere(store, "best", "1") == f"python -m runner best 1 {given}"


def test_no_command_shows_a_secret() -> None:
    store = Store("postgresql://me:secret@host/x", "sparsity")
    given = "--tracking-uri 'postgresql://me:***@host/x'"
    assert typed_command(store, "ui", "s").endswith(f" -m runner ui s {given}")
    assert command_elsewhere(store, "ui", "s") == f"python -m runner ui s {given}"


@pytest.mark.parametrize(
    ("uri", "command"),
    [("", "python -m runner ui RUN"), ("https://host", ""), ("databricks", "")],
)
def test_a_page_says_how_runs_are_seen_that_no_server_shows(
    here: str, uri: str, command: str
) -> None:
    assert seen_by(Store(uri or here, "sparsity")) == command
