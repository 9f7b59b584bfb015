"""By which way a point became small, as its settings say."""

import pytest

from runner.results.way import Way, channels_kept, further_epochs, removes_channels, way_of
from runner.tracking import Record


def _point(**params: str) -> Record:
    named = {name.replace("__", "."): value for name, value in params.items()}
    return Record("a", "a", "FINISHED", named, {}, {}, "")


PRUNED = {"schedule__final_sparsity": "0.8", "schedule__layer_sparsity": "{}"}
NOT_PRUNED = {"schedule__final_sparsity": "0.0", "schedule__layer_sparsity": "{}"}
OFF = {"channels__share": "0.0"}
CUT = {"channels__share": "0.25", "channels__layer_share": "{}"}
OF_LAYER = {"channels__layer_share": '{"conv_*": 0.5}'}
KEPT, FRESH = {**CUT, "channels__start": "kept"}, {**CUT, "channels__start": "fresh"}


@pytest.mark.parametrize(
    ("params", "way"),
    [
        (NOT_PRUNED, Way.BASELINE_LONGER),
        (OFF | NOT_PRUNED, Way.BASELINE_LONGER),
        (OFF | NOT_PRUNED | {"channels__layer_share": '{"conv_*": 0.0}'}, Way.BASELINE_LONGER),
        (PRUNED, Way.WEIGHTS),
        (OFF | PRUNED, Way.WEIGHTS),
        (OFF | NOT_PRUNED | {"schedule__layer_sparsity": '{"conv_*": 0.5}'}, Way.WEIGHTS),
        (KEPT | NOT_PRUNED, Way.CHANNELS),
        (FRESH | NOT_PRUNED, Way.CHANNELS_FRESH),
        (KEPT | PRUNED, Way.CHANNELS_AND_WEIGHTS),
        (FRESH | PRUNED, Way.CHANNELS_FRESH_AND_WEIGHTS),
        (KEPT | OFF | OF_LAYER | NOT_PRUNED, Way.CHANNELS),
    ],
)
def test_the_settings_of_a_point_tell_its_way(params: dict[str, str], way: Way) -> None:
    point = _point(**params)
    assert way_of(point) is way
    assert removes_channels(point) is way.removes_channels


def test_runs_of_earlier_versions_have_all_their_channels() -> None:
    assert (way_of(_point()), channels_kept(_point())) == (Way.WEIGHTS, 1)
    assert channels_kept(_point(**KEPT)) is None


def test_further_epochs_are_those_of_all_stages() -> None:
    epochs = {"channels__epochs": "3", "schedule__epochs": "4", "compress__epochs": "2"}
    for compress, stages in (("none", 0), ("cluster", 1), ("qat", 1), ("cluster_qat", 2)):
        given = {**epochs, "compress__name": compress}
        assert further_epochs(_point(**KEPT, **given)) == 7 + 2 * stages
        assert further_epochs(_point(**OFF, **given)) == 4 + 2 * stages
