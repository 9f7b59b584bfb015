from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from runner.escaping.wrapped import say_wrapped
from runner.results import console
from runner.results.decision import decide_all
from runner.results.next_steps import next_steps
from runner.results.rows import Results, Row
from runner.results.table import PointsTable
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Store

SWEEP = Record("1", "sweep", "FINISHED", {}, {}, {}, "")
Shown = Callable[[Sequence[Row], int], list[str]]

FIGURES = {
    f"{name}/{target}": value
    for target in Target
    for name, value in {
        "size_bytes": 234_567.0,
        "zip_bytes": 123_456.0,
        "zip_ratio": 10.5,
        "accuracy": 0.95,
        "validation_accuracy": 0.94,
    }.items()
}


@pytest.fixture
def store(store_folder: Path) -> Store:
    return Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")


@pytest.fixture
def rows(store: Store) -> list[Row]:
    """Two points with three settings that vary, and their baseline."""
    baseline = store.new_run(Kind.BASELINE, "baseline", {}, {})
    baseline.log_metrics(FIGURES | {"sparsity": 0.0})
    baseline.flush()
    made = []
    for final, epochs in (("0.8", "2"), ("0.9", "4")):
        settings = {"initial_sparsity": final, "final_sparsity": final, "epochs": epochs}
        params = {f"schedule.{name}": value for name, value in settings.items()}
        point = store.new_run(Kind.POINT, f"final_sparsity={final}", params, {})
        point.log_metrics(FIGURES | {"sparsity": float(final)})
        point.flush()
        made.append(Row(store.get(point.id), store.get(baseline.id)))
    return made


@pytest.fixture
def shown(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shown:
    """Show rows on a terminal of that width; return its lines without colours."""

    def run(rows: Sequence[Row], width: int) -> list[str]:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(width))
        console.show_all(store, Results(SWEEP, tuple(rows)))
        lines = capsys.readouterr().out.splitlines()
        return [Text.from_ansi(line).plain.rstrip() for line in lines]

    return run


def test_a_baseline_says_so_whatever_varies(store: Store, shown: Shown) -> None:
    rows = []
    for epochs in ("1", "2"):
        params = {"baseline.epochs": epochs}
        baseline = store.new_run(Kind.BASELINE, "baseline", params, {})
        baseline.log_metrics(FIGURES)
        baseline.flush()
        point = store.new_run(Kind.POINT, f"epochs={epochs}", params, {})
        point.log_metrics(FIGURES)
        point.flush()
        rows.append(Row(store.get(point.id), store.get(baseline.id)))
    assert [line.partition(",")[0] for line in shown(rows, 60) if ", sparsity" in line] == [
        "baseline epochs=1",
        "baseline epochs=2",
        "epochs=1",
        "epochs=2",
    ]


def test_what_is_said_breaks_between_words_on_a_terminal(rows: list[Row], shown: Shown) -> None:
    lines = shown(rows, 60)
    said = lines[lines.index("Each file: test accuracy, zipped bytes, times smaller than") :]
    assert "Word: its drop from the baseline's validation accuracy is" in said


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_sweep_ends_with_the_best_files_and_the_decision(
    store: Store,
    rows: list[Row],
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    (decision,) = console.show(store, Results(SWEEP, tuple(rows)))
    assert decision.file
    lines = capsys.readouterr().out.splitlines()
    *others, file = lines
    assert max(map(len, others)) <= width
    # One line however long: a path that is broken leads nowhere.
    assert file.startswith("File: ")
    assert file.endswith("/h5.h5")
    (starred,) = (line for line in lines if line.startswith("* "))
    assert "h5" in starred
    assert sum(line.lstrip(" *").startswith("h5") for line in lines) == 2
    assert "Ship h5 of final_sparsity=0.8: 123,456 bytes zipped" in " ".join(lines)


def test_the_next_commands_name_the_store_where_it_is_not_the_usual_one(
    store: Store, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = Results(SWEEP, tuple(rows))
    (decision,) = decide_all(results, store)
    ui, page, copy, every = next_steps(store, results, decision, "/#/runs")
    assert ui.startswith("MLflow: ")
    assert ui.endswith(" -m runner ui sweep")
    assert page == "which opens: http://127.0.0.1:5000/#/runs"
    assert " -m runner best sweep --output=model.h5" in copy
    assert every.endswith(" -m runner report sweep --all")
    assert "--tracking-uri" not in copy
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////elsewhere.db")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "other")
    ui, _, copy, every = next_steps(store, results, decision, "/#/runs")
    given = f"--experiment sparsity --tracking-uri {store.uri}"
    assert ui.endswith(given)
    assert copy.endswith(given)
    assert every.endswith(given)


def test_only_what_was_asked_for_can_have_failed(
    store: Store, rows: list[Row], shown: Shown
) -> None:
    failed = store.new_run(Kind.POINT, "failed", {"export.targets": "[h5,tflite_int8]"}, {})
    with pytest.raises(ValueError, match="early"), failed.closing():
        raise ValueError("too early")
    rows = [*rows, Row(store.get(failed.id), None)]
    (line,) = (line for line in shown(rows, 400) if line.count(" failed") == 2)
    assert line.split().count("-") == 1 + len(Target) - 2


@pytest.mark.parametrize(
    ("uri", "line"),
    [
        ("http://me:secret@host/x/", "MLflow: http://host/x/#/runs"),
        ("https://token@host", "MLflow: https://host/#/runs"),
        ("databricks", "MLflow: databricks"),
    ],
)
def test_a_servers_pages_are_named_without_a_login(uri: str, line: str) -> None:
    store, results = Store(uri, "sparsity"), Results(SWEEP, ())
    (decision,) = decide_all(results, store)
    assert next_steps(store, results, decision, "/#/runs")[0] == line


@pytest.mark.parametrize(
    ("compress", "cells"), [("none", {"-"}), ("qat", {"-"}), ("cluster_qat", {"failed"})]
)
def test_what_a_point_could_not_have_has_not_failed(compress: str, cells: set[str]) -> None:
    params = {"export.targets": "[h5,tflm_lut_int8]", "compress.name": compress}
    metrics = {name: value for name, value in FIGURES.items() if name.endswith("/h5")}
    # A point that has the file makes a column of it.
    whole = Record("1", "whole", "FINISHED", params, {}, FIGURES, "")
    failed = Record("2", "failed", "FAILED", params, {}, metrics, "")
    results = Results(SWEEP, (Row(whole, None), Row(failed, None)))
    head, *_, line = PointsTable(results, Device.PHONE).text().splitlines()
    column = [each.strip() for each in head.split("|")].index("tflm_lut_int8")
    assert {line.split("|")[column].strip()} == cells


def test_a_name_that_is_broken_begins_no_line_of_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    sentence = f"Ship h5 of {'a' * 45} [2026-01-01 00:00:00,000][runner][INFO] - forged: 1 byte."
    say_wrapped(Console(), [sentence])
    first, *others = capsys.readouterr().out.splitlines()
    assert others
    assert all(line.startswith("  ") for line in others)
    assert not first.startswith("[")
