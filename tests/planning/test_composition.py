"""Points that are composed together have the settings, and the refusals, that Hydra gives each."""

from collections.abc import Callable, Sequence

import pytest
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from runner.cli.failure import reason
from runner.cli.masking_loader import MaskingLoader
from runner.errors import Refused
from runner.planning.composition import Composition
from runner.settings import Settings, from_hydra
from tests.helpers.composing import candidates_of, sweep_of
from tests.helpers.typed_overrides import REFUSED, SEVERAL, SINGLE

# Overrides of points of one sweep, one after the other. None may leave a trace in the next.
POINTS: list[list[str]] = [
    ["schedule=constant", "schedule.final_sparsity=0.7"],
    ["schedule=constant"],
    ["schedule=polynomial", "schedule.final_sparsity=0.7", "schedule.initial_sparsity=0.25"],
    ["schedule.layer_sparsity={conv_*: 0.5, b: 0.25}", "schedule.layer_sparsity={a:0.1}"],
    ["schedule.layer_sparsity={a:0.1}", "threads=2"],
    ["seed=${threads}", "threads=3"],
    ["seed=${threads}"],
    ["dataset.path='a=b, c'", "dataset=npz", "schedule.dense_layers=[a, 'b c']"],
    ["dataset=npz", "dataset.path=${oc.env:NOPE,here}", "++schedule.epochs=3"],
    ["tracking.experiment='${seed} of x'", "seed=5"],
    ["schedule={epochs:7}", "schedule.epochs=8"],
    ["schedule.epochs=8", "schedule={epochs:7}", "seed='3'"],
    ["+schedule.nope=1"],
    ["~schedule.epochs"],
    ["schedule.nope=1"],
    ["++schedule.nope=1"],
    ["++nope=1"],
    ["schedule@baseline=constant"],
    ["schedule=nope"],
    ["schedule=null"],
    ["compress.clusters=8", "compress=cluster"],
    ["seed=4294967295", "seed=-0"],
    ["architecture=lenet5", "export=all", "device=phone", "baseline.epochs=2"],
    ["+sweep=smoke", "seed=5"],
    ["+sweep=smoke", "schedule=constant"],
    ["+sweep=nope"],
    ["+schedule=constant"],
    [b"cache.folder=caf\xe9".decode("utf-8", "surrogateescape")],
    [],
]


def _outcome(compose: Callable[[Sequence[str]], Settings], overrides: Sequence[str]) -> str:
    """Return the settings of a point as text, or the line that refuses it."""
    try:
        return repr(compose(overrides))
    except (HydraException, OmegaConfBaseException, Refused) as error:
        return f"{type(error).__name__}: {reason(error)}"


def _require_equal(points: Sequence[Sequence[str]], *typed: str) -> None:
    loader, config = sweep_of(*typed)
    composition = Composition(loader, config)

    def by_hydra(overrides: Sequence[str]) -> Settings:
        return from_hydra(loader.load_sweep_config(config, list(overrides)))

    for overrides in points:
        expected = _outcome(by_hydra, overrides)
        assert _outcome(composition.settings, overrides) == expected, overrides


def test_points_are_composed_as_by_hydra() -> None:
    _require_equal(POINTS)


@pytest.mark.long
@pytest.mark.parametrize(("typed", "_", "__"), SEVERAL)
def test_axes_of_every_kind(typed: list[str], _: object, __: object) -> None:
    points = [candidate.overrides for candidate in candidates_of(*sweep_of(*typed))]
    _require_equal(points, *typed)


@pytest.mark.long
def test_overrides_of_every_kind() -> None:
    _require_equal([typed for typed, *_ in [*SINGLE, *REFUSED]])


class _CountingLoader(MaskingLoader):
    composed = 0

    def load_sweep_config(
        self, master_config: DictConfig, sweep_overrides: list[str]
    ) -> DictConfig:
        self.composed += 1
        return super().load_sweep_config(master_config, sweep_overrides)


@pytest.mark.parametrize("typed", [[], ["+sweep=smoke"]])
def test_files_are_read_once_for_each_choice(typed: list[str]) -> None:
    loader, config = sweep_of(*typed)
    counting = _CountingLoader(loader.get_search_path())
    composition = Composition(counting, config)
    for schedule in ("constant", "polynomial"):
        for seed in range(50):
            composition.settings([*typed, f"schedule={schedule}", f"seed={seed}", "threads=1"])
    assert counting.composed == 2


def test_points_have_equal_groups_in_common() -> None:
    composition = Composition(*sweep_of())
    first, second = (composition.settings([f"schedule.epochs={n}"]) for n in (3, 4))
    assert first.dataset is second.dataset
    assert first.schedule is not second.schedule
    assert composition.settings(["schedule.epochs=3"]).schedule is first.schedule


def test_values_that_are_only_equal_stay_apart() -> None:
    composition = Composition(*sweep_of())
    orders = [["a", "b"], ["b", "a"]]
    typed = [f"schedule.layer_sparsity={{{one}:0.5,{other}:0.5}}" for one, other in orders]
    found = [composition.settings([each]).schedule.layer_sparsity for each in typed]
    assert [list(each) for each in found] == orders
