from runner.settings.cache_paths import unlogged_file
from tests.helpers.project import Configure


def test_what_was_kept_is_found_by_its_store_alone(settings: Configure) -> None:
    kept = unlogged_file(settings(), "f")
    assert unlogged_file(settings("tracking.tensorboard=true"), "f") == kept
    assert unlogged_file(settings("tracking.experiment=other"), "f") != kept
