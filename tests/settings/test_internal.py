"""What the runner fills in itself is typed by nobody else, and stands in no file."""

from pathlib import Path

import pytest

from runner.errors import Refused
from runner.settings.internal import NIGHT, require_left_out, require_untyped
from runner.settings.sweep import SweepSettings
from tests.helpers.project import Command

NAMES = sorted(SweepSettings.of_some_choices)
_NIGHT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sign", ["", "+", "++", "~"])
def test_it_is_typed_by_nobody(name: str, sign: str) -> None:
    typed = f"{sign}sweep.{name}=baseline"
    with pytest.raises(Refused) as refusal:
        require_untyped(["seed=1", typed])
    assert str(refusal.value) == f"{typed}: is filled in by the runner itself; leave it out"


def test_other_settings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    require_untyped(["-m", "+sweep=smoke", "sweep.first=[a]", "schedule.name=x", "--cfg", "job"])
    monkeypatch.setenv(NIGHT, _NIGHT)
    require_untyped([f"sweep.night={_NIGHT}"])
    require_left_out(SweepSettings(night=_NIGHT))
    with pytest.raises(Refused, match=r"^sweep\.night=another: is filled in by"):
        require_untyped(["sweep.night=another"])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-m", "+sweep=own"], "sweep.run_id=abc"),
        pytest.param(["+sweep=own"], "sweep.run_id=abc", marks=pytest.mark.long),
        pytest.param(["sweep.holder=abc"], "sweep.holder=abc", marks=pytest.mark.long),
        pytest.param(
            ["-m", "+hydra.sweeper.params={sweep.job:baseline}"],
            "sweep.job=baseline",
            marks=pytest.mark.long,
        ),
        pytest.param(
            ["-m", "seed=0,1", "hydra/sweeper=basic", "sweep.planned=x"],
            "sweep.planned=x",
            marks=pytest.mark.long,
        ),
    ],
)
def test_it_is_refused_wherever_it_stands(
    light_command: Command, tmp_path: Path, arguments: list[str], line: str
) -> None:
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "own.yaml").write_text("# @package _global_\nsweep:\n  run_id: abc\n")
    done = light_command(*arguments, f"hydra.searchpath=[file://{tmp_path}]")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"runner: {line}: is filled in by the runner itself; leave it out\n"
