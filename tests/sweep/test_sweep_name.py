"""A sweep is called as it is told, or as its file, or after the settings that vary."""

from dataclasses import replace

import pytest

from runner.errors import Refused
from runner.planning.grid import Point
from runner.settings import SweepSettings
from runner.sweep.sweep_name import sweep_name, sweep_words
from tests.helpers.project import Configure


def _points(settings: Configure, *overrides: str, name: str | None = None) -> list[Point]:
    points = []
    for override in overrides:
        made = settings(override)
        made = made.model_copy(update={"sweep": SweepSettings(name=name)})
        points.append(Point((override,), override, made, "", "", ""))
    return points


def test_it_is_made_of_what_varies(settings: Configure) -> None:
    one = _points(settings, "schedule.final_sparsity=0.6")
    two = [*one, *_points(settings, "schedule.epochs=7")]
    assert sweep_name(two, None) == "final_sparsity-x-epochs"
    assert sweep_name(two, "sparsity") == "sparsity"
    assert sweep_name(one, None) == "lenet_300_100 on npz"
    words = sweep_words("mine", two)
    assert words.startswith("mine: 2 points, lenet_300_100 on npz, final_sparsity 0.6,")
    many = [_with_epochs(one[0], epochs) for epochs in range(1, 11)]
    assert sweep_words("mine", many).endswith(", epochs 1,2,…,10 (10 values)")
    assert sweep_words("mine", many[:8]).endswith(", epochs 1,2,3,4,5,6,7,8")


def _with_epochs(point: Point, epochs: int) -> Point:
    schedule = point.settings.schedule.model_copy(update={"epochs": epochs})
    return replace(point, settings=point.settings.model_copy(update={"schedule": schedule}))


def test_it_can_be_chosen(settings: Configure) -> None:
    named = _points(settings, "schedule.epochs=2", "schedule.epochs=3", name="mine")
    assert sweep_name(named, "sparsity") == "mine"
    other = replace(named[0], settings=_points(settings, "schedule.epochs=4")[0].settings)
    with pytest.raises(Refused, match=r"^sweep\.name=mine,None: must be one name for the sweep$"):
        sweep_name([named[0], other], None)
