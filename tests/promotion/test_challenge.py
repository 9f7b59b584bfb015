"""A challenger is compared with the champion on what was asked, by sweeps in a real store."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runner.completion.complete import complete
from runner.device.budgets import Budgets
from runner.promotion.challenge import Challenge
from runner.results.selection import Criteria, select
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Kind, Store
from runner.tracking.champion import Champion
from tests.helpers.device_sweep import MICRO, device_sweep
from tests.helpers.judged_sweep import judged_sweep

INT8 = Target.TFLITE_INT8
Challenged = Callable[..., Challenge]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Store:
    """A sweep of three sparsities, each smaller and less accurate than the one before."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "mlflow.db").write_bytes(empty_store.read_bytes())
    return judged_sweep(folder, lost={"0.5": 0.001, "0.8": 0.02, "0.95": 0.08})


def _champion(store: Store, sparsity: str, target: str = INT8) -> Champion:
    points = store.of_kind(Kind.POINT)
    (point,) = (each for each in points if each.params["schedule.final_sparsity"] == sparsity)
    return Champion("3", point.id, target, "1")


def _challenge(
    store: Store, champion: Champion, sparsity: str, criteria: Criteria | None = None
) -> Challenge:
    """Let the file of a sparsity challenge the champion, asked for by these criteria."""
    asked = criteria or Criteria((INT8,), max_drop=0.3)
    asked = replace(asked, where=(("schedule.final_sparsity", sparsity),))
    decision, _ = select(store, "latest", asked, complete)
    assert decision.file
    return Challenge.of(store, champion, decision, decision.file)


def test_what_is_larger_is_worse_where_the_champion_keeps_the_limits(store: Store) -> None:
    found = _challenge(store, _champion(store, "0.8"), "0.5")
    assert found.is_worse
    assert "it takes 11,000 bytes zipped, 6,000 more" in found.sentence
    # What the champion does not keep is no reason to go without the one that does.
    asked = Criteria((INT8,), max_drop=0.01)
    kept = _challenge(store, _champion(store, "0.8"), "0.5", asked)
    assert not kept.is_worse
    assert "gains" in kept.sentence


def test_what_loses_accuracy_is_worse_however_much_the_limit_allows(store: Store) -> None:
    found = _challenge(store, _champion(store, "0.5"), "0.95")
    assert found.is_worse
    assert "points of validation accuracy (95 % interval " in found.sentence
    assert found.sentence.endswith(", more than 1 point")
    assert found.values["interval"]["paired"]
    # The same file of the same champion, with other images.
    other = replace(found, unknown="it was judged by other images")
    assert "cannot be told: it was judged by other images" in other.sentence


def test_within_the_limit_a_loss_counts_only_where_it_is_sure(store: Store) -> None:
    champion = _champion(store, "0.5")
    wide = _challenge(store, champion, "0.95")
    assert wide.comparison
    loss = wide.comparison.loss
    assert loss > 0
    usual = replace(wide.comparison, usual_drop=0.3)
    (reason,) = usual.reasons
    assert reason.endswith("with 95 % confidence a loss")
    few, other = (
        replace(file, pairs=None, images=(20, 20)) for file in (usual.champion, usual.challenger)
    )
    unsure = replace(usual, champion=few, challenger=other)
    assert unsure.reasons == []
    assert replace(unsure, usual_drop=loss - 1e-6).reasons


def test_what_the_champion_cannot_give_is_no_comparison(store: Store) -> None:
    room = Criteria((INT8,), 0.3, limits={"max_zip_bytes": 3000})
    found = _challenge(store, _champion(store, "0.5"), "0.95", room)
    assert not found.is_worse
    assert "the champion is 11,000 bytes zipped; it takes 2,000 bytes zipped" in found.sentence
    kinds = _challenge(store, _champion(store, "0.5", Target.H5), "0.95")
    assert "the champion is of another kind, h5; " in kinds.sentence


@pytest.mark.parametrize(
    ("run", "target", "told"),
    [
        ("0" * 32, INT8, "its run is gone from the store"),
        ("", INT8, "no run is known of it"),
        ("sweep", INT8, "it is no file of a sweep"),
        ("point", "", "it is no file of a sweep"),
        ("point", Target.TFLITE_INT4, "its sweep has no such file any more"),
    ],
)
def test_of_what_is_not_known_nobody_can_tell(
    store: Store, run: str, target: str, told: str
) -> None:
    ids = {"sweep": store.of_kind(Kind.SWEEP)[0].id, "point": _champion(store, "0.5").run_id}
    found = _challenge(store, Champion("3", ids.get(run, run), target, ""), "0.5")
    assert found.is_worse
    assert found.sentence.endswith(f"cannot be told: {told}")
    assert found.values["reasons"] == [told]
    assert "not known" in found.lines[1]


def test_other_images_make_no_comparison(store: Store) -> None:
    found = _challenge(store, _champion(store, "0.5"), "0.8")
    assert found.comparison
    pairs = found.comparison.challenger.pairs
    assert pairs
    for changed in (
        replace(found.challenger, pairs=replace(pairs, data="other")),
        replace(
            found.challenger,
            pairs=None,
            point=replace(found.challenger.point, params={"dataset.name": "mnist"}),
        ),
    ):
        assert not replace(found.comparison, challenger=changed).of_same_images
    unpaired = replace(found.comparison, challenger=replace(found.challenger, pairs=None))
    assert unpaired.of_same_images
    assert unpaired.interval
    assert not unpaired.interval.paired


def test_a_device_and_its_room_are_what_was_asked(store_folder: Path) -> None:
    store = device_sweep(store_folder, "plain")
    champion = _champion(store, "0.5")
    micro = Criteria((INT8,), 0.3, device=Device(MICRO))
    found = _challenge(store, champion, "0.9", micro)
    assert found.sentence.endswith("it loses 2.00 points of validation accuracy, more than 1 point")
    table = "\n".join(found.lines)
    assert "on a microcontroller" in table
    assert "runs: 61,440 bytes, 5,120 bytes of RAM" in table
    tight = _challenge(store, champion, "0.9", replace(micro, budgets=Budgets(flash=40 * 1024)))
    assert not tight.is_worse
    assert "the champion takes 60K of flash, 20K above 40K; it takes" in tight.sentence
