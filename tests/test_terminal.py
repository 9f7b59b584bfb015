from pathlib import Path

import pytest
from rich.text import Text

from runner import terminal
from runner.report import Row
from runner.targets import Target
from runner.terminal import ui_command
from runner.tracking import Kind, Store

FIGURES = {
    f"{name}/{target}": value
    for target in Target
    for name, value in {
        "zip_bytes": 123_456.0,
        "zip_ratio": 10.5,
        "accuracy": 0.95,
        "validation_accuracy": 0.94,
    }.items()
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/mlflow.db", "sparsity")


@pytest.fixture
def rows(store: Store) -> list[Row]:
    """Two points with three settings that vary, and their baseline."""
    baseline = store.open_run(Kind.BASELINE, "baseline", {}, {})
    baseline.log_metrics(FIGURES | {"sparsity": 0.0})
    made = []
    for final, epochs in (("0.8", "2"), ("0.9", "4")):
        settings = {"initial_sparsity": final, "final_sparsity": final, "epochs": epochs}
        params = {f"schedule.{name}": value for name, value in settings.items()}
        point = store.open_run(Kind.POINT, f"final_sparsity={final}", params, {})
        point.log_metrics(FIGURES | {"sparsity": float(final)})
        made.append(Row(store.get(point.id), store.get(baseline.id)))
    return made


def _shown(
    store: Store, rows: list[Row], width: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:  # fmt: skip
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    terminal.show(store, rows, max_drop=0.01)
    lines = capsys.readouterr().out.splitlines()
    return [Text.from_ansi(line).plain.rstrip() for line in lines]


def test_a_narrow_terminal_gets_one_row_a_file_and_every_name_whole(
    store: Store,
    rows: list[Row],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = _shown(store, rows, 80, monkeypatch, capsys)
    table = shown[: shown.index(terminal.LEGEND)]
    assert max(map(len, table)) <= 80
    for target in Target:
        assert sum(target in line.split() for line in table) == 3
    assert "…" not in "".join(table)


def test_a_wide_terminal_gets_one_row_a_point(
    store: Store,
    rows: list[Row],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = _shown(store, rows, 240, monkeypatch, capsys)
    (point,) = (line for line in shown if line.split()[:4] == ["point", "0.9", "0.9", "4"])
    assert point.count("95.00% 123,456 10.5x") == len(Target)


def test_the_ui_command_shows_no_password() -> None:
    assert ui_command("http://me:secret@host/x") == "http://me:***@host/x"
    database = ui_command("postgresql://me:secret@host/x")
    assert "secret" not in database
    assert database.endswith('-m mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI"')
