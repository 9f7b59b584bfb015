"""A point of a sweep is run as it was planned, or not at all."""

from pathlib import Path

import pytest

from runner.models import user_function
from runner.planning.plan import NotAsPlanned, plan_of, require_as_planned
from runner.settings import ArchitectureSettings, Settings
from tests.helpers.project import Configure


def _handed_over(settings: Settings, plan: str) -> Settings:
    sweep = settings.sweep.model_copy(update={"planned": plan})
    return settings.model_copy(update={"sweep": sweep})


@pytest.fixture
def own(settings: Configure, tmp_path: Path) -> Settings:
    """Settings with a model from a file, with names for its classes."""
    (tmp_path / "own.h5").write_bytes(b"a model")
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    architecture = ArchitectureSettings(
        name="keras_file", path=tmp_path / "own.h5", labels=tmp_path / "labels.txt"
    )
    return settings().model_copy(update={"architecture": architecture})


def test_a_point_that_is_still_the_same_is_run(own: Settings) -> None:
    require_as_planned(own, "d")
    require_as_planned(_handed_over(own, plan_of(own, "d")), "d")
    assert plan_of(_handed_over(own, "x"), "d") == plan_of(own, "d")


@pytest.mark.parametrize("name", ["own.h5", "labels.txt"])
def test_another_model_is_named(own: Settings, tmp_path: Path, name: str) -> None:
    planned = _handed_over(own, plan_of(own, "d"))
    before = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(before + b"d\n")
    with pytest.raises(NotAsPlanned) as changed:
        require_as_planned(planned, "d")
    assert str(changed.value).startswith(f"the model (architecture.path={tmp_path / 'own.h5'}")
    assert "has changed since the sweep began" in str(changed.value)
    assert "\n" not in str(changed.value)
    (tmp_path / name).write_bytes(before)
    require_as_planned(planned, "d")


def test_other_data_and_other_code_are_named(own: Settings) -> None:
    plan = plan_of(own, "d")
    with pytest.raises(NotAsPlanned, match=r"^the data \(dataset=npz of .*\) has changed"):
        require_as_planned(_handed_over(own, plan), "e")
    fingerprint, model, _, _ = plan.split("-")
    edited = "-".join((fingerprint, model, "d", "0" * 16))
    with pytest.raises(NotAsPlanned, match=r"^the code of the runner has changed"):
        require_as_planned(_handed_over(own, edited), "d")
    with pytest.raises(NotAsPlanned, match=r"^a library has changed"):
        require_as_planned(_handed_over(own, "-".join(("0" * 16, *plan.split("-")[1:]))), "d")


def test_another_function_is_named(
    settings: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_of_plan.py").write_text("def network(shape, classes): ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    asked = settings("architecture=callable", "architecture.target=own_of_plan:network")
    planned = _handed_over(asked, plan_of(asked, "d"))
    (tmp_path / "own_of_plan.py").write_text("def network(shape, classes): return None\n")
    # As in the process that runs the point.
    user_function._digest.cache_clear()
    with pytest.raises(NotAsPlanned, match=r"the model \(architecture.target=own_of_plan:network"):
        require_as_planned(planned, "d")
