from runner.settings.cache_paths import unlogged_folder
from tests.helpers.project import Configure


def test_what_was_kept_is_found_by_its_store_alone(settings: Configure) -> None:
    kept = unlogged_folder(settings(), "f")
    assert unlogged_folder(settings("tracking.tensorboard=true"), "f") == kept
    assert unlogged_folder(settings("tracking.experiment=other"), "f") != kept
