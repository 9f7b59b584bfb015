"""The reference of all settings in the docs: complete, and as the settings say."""

from pathlib import Path

import pytest

from runner.settings import Settings, SweepSettings
from runner.settings.base import Group
from runner.settings.descriptions import meanings
from runner.settings.reference import reference, renew
from tests.helpers.project import PROJECT

GROUPS = [
    field.annotation
    for field in Settings.model_fields.values()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Group)
]


def test_the_page_is_up_to_date() -> None:
    page = (PROJECT / "docs" / "reference.md").read_text()
    assert renew(page) == page, "renew it: make reference"


@pytest.mark.parametrize("group", GROUPS)
def test_every_setting_that_people_choose_has_a_meaning(group: type[Group]) -> None:
    own = SweepSettings.of_some_choices if group is SweepSettings else frozenset()
    assert meanings(group).keys() == group.model_fields.keys() - own


def test_a_row_has_default_accepted_values_and_meaning() -> None:
    row = "| `schedule.epochs` | `2` | a whole number of at least 1 | Epochs of fine-tuning. |"
    assert row in reference().splitlines()
    assert "| `tracking.uri` | `null` |" in reference()
    assert f"| `cache.folder` | `{Path('outputs/cache')}` |" in reference()


def test_a_page_without_markers_is_not_written() -> None:
    with pytest.raises(ValueError, match="no <!-- settings: begin -->"):
        renew("# A page")
