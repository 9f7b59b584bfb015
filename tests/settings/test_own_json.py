"""Read settings again from the JSON that they are written as."""

import pytest

from runner.settings import Settings
from tests.helpers.composing import point_of


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["dataset=npz", "dataset.path=images.npz"],
        ["dataset=npz", "dataset.path=s3://bucket/images.npz"],
        ["dataset=image_folder", "dataset.path=images"],
        ["architecture=keras_file", "architecture.path=model.h5"],
    ],
)
def test_settings_are_the_same_after_json(typed: list[str]) -> None:
    settings = point_of(*typed)
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
