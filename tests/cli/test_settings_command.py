"""`python -m runner settings` explains the settings, by their own descriptions."""

import json
import sys
from collections.abc import Callable

import pytest

from runner.cli import settings as door
from runner.settings.descriptions import descriptions
from tests.helpers.project import Command

Explain = Callable[..., tuple[int, str, str]]


@pytest.fixture
def explain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    """Enter the command in this process."""

    def run(*names: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["settings", *names])
        with pytest.raises(SystemExit) as left:
            door.main()
        return int(str(left.value.code or 0)), *capsys.readouterr()

    return run


def test_all_settings_are_explained(explain: Explain) -> None:
    code, out, _ = explain()
    assert code == 0
    for group in descriptions():
        for setting in group.settings:
            assert f"  {setting.name}={setting.default}\n    {setting.meaning}\n" in out


@pytest.mark.parametrize("typed", ["report", "report.max_drop", "max_drop", "+report.max_drop=0.1"])
def test_a_group_or_a_setting_is_explained(explain: Explain, typed: str) -> None:
    code, out, _ = explain(typed)
    assert (code, out.splitlines()[0].partition(":")[0]) == (0, "report")
    assert "  report.max_drop=0.01\n    Validation accuracy that the file to ship may lose" in out
    assert "\n    Accepted: a share from 0 to 1.\n" in out
    assert ("report.confidence" in out) == (typed == "report")


def test_a_short_name_is_that_of_every_group_but_its_own_setting_first(explain: Explain) -> None:
    values = json.loads(explain("epochs", "--json")[1])
    assert [each["name"] for each in values] == [
        f"{group}.epochs" for group in ("baseline", "channels", "schedule", "compress")
    ]
    (seed,) = json.loads(explain("seed", "--json")[1])
    assert (seed["name"], seed["default"]) == ("seed", "0")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("schedul", "schedule"), ("schedule.epoch", "schedule.epochs"), ("max_drp", "max_drop"),
     ("--jsn", "--json")],
)  # fmt: skip
def test_an_unknown_one_is_refused_with_the_one_that_is_meant(
    explain: Explain, typed: str, meant: str
) -> None:
    code, out, err = explain(typed)
    assert (code, out) == (2, "")
    assert err.startswith("python -m runner settings: ")
    assert err.endswith(f"; did you mean {meant}?\n")
    assert err.count("\n") == 1


def test_neither_tensorflow_nor_mlflow_is_imported(light_command: Command) -> None:
    done = light_command("settings", "seed")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("  seed=0\n")
