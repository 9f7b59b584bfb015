"""Jobs of a launch are composed as Hydra composes each, though files are read once."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from runner.cli.failure import reason
from runner.cli.masking_loader import MaskingLoader
from runner.sweep.launchers.composition import JobComposition
from tests.helpers.composing import sweep_of

# One after the other: none may leave a trace in the next.
JOBS: list[list[str]] = [
    ["schedule=constant", "schedule.final_sparsity=0.7"],
    ["schedule.final_sparsity=0.7", "schedule=constant"],
    ["schedule=constant"],
    ["schedule.layer_sparsity={conv_*: 0.5, b: 0.25}", "schedule.layer_sparsity={a:0.1}"],
    ["schedule.layer_sparsity={a:0.1}", "threads=2"],
    ["seed=${hydra:job.num}", "threads=3"],
    ["hydra.job.name=mine", "seed=4", "hydra.sweep.dir=${now:%H%M%S}"],
    ["hydra.sweep.subdir=${hydra.job.override_dirname}", "seed=4", "threads=2"],
    ["++hydra.job.mine=2", "seed=4"],
    ["tracking.experiment='${seed} of x'", "seed=5"],
    ["++schedule.nope=1", "seed=5"],
    ["++nope=1"],
    ["+schedule.nope=1"],
    ["schedule.nope=1"],
    ["schedule=nope"],
    ["~schedule.epochs"],
    ["seed"],
    ["dataset=npz", "dataset.path='a=b, c'"],
    ["hydra/launcher=ray", "seed=6"],
    ["compress.clusters=8", "compress=cluster"],
    ["+sweep=smoke", "seed=5"],
    ["+sweep=nope"],
    [],
]


def _outcome(config: DictConfig | Exception) -> object:
    if isinstance(config, Exception):
        return type(config), reason(config)
    flags = [config._get_flag(flag) for flag in ("struct", "readonly")]
    return OmegaConf.to_yaml(config), flags, config.hydra._get_flag("readonly")


def _by_hydra(loader: MaskingLoader, config: DictConfig, job: Sequence[str]) -> object:
    try:
        return _outcome(loader.load_sweep_config(config, list(job)))
    except (HydraException, OmegaConfBaseException) as error:
        return _outcome(error)


def _together(composition: JobComposition, job: Sequence[str]) -> object:
    try:
        return _outcome(composition.config(job))
    except (HydraException, OmegaConfBaseException) as error:
        return _outcome(error)


@pytest.mark.parametrize(
    "typed",
    [
        (),
        ("hydra.job.chdir=true", "hydra.verbose=true", "seed=1"),
        ("hydra.sweep.subdir=of_${hydra.job.num}",),
    ],
)
def test_jobs_are_composed_as_by_hydra(typed: tuple[str, ...]) -> None:
    loader, config = sweep_of(*typed)
    composition = JobComposition(loader, config)
    for job in JOBS:
        assert _together(composition, job) == _by_hydra(loader, config, job), job


def test_what_a_job_does_to_its_configuration_stays_with_it() -> None:
    composition = JobComposition(*sweep_of())
    first = composition.config(["seed=1"])
    OmegaConf.set_struct(first, False)
    first.seed, first.hydra.job.name, first.new = 2, "other", 3
    second = composition.config(["seed=1"])
    assert second.seed == 1
    assert second.hydra.job.name != "other"
    assert "new" not in second


def test_the_time_is_that_of_the_launch() -> None:
    loader, config = sweep_of("hydra.sweep.dir=${now:%H%M%S%f}")
    typed = str(config.hydra.sweep.dir)
    composition = JobComposition(loader, config)
    assert [str(composition.config([f"seed={n}"]).hydra.sweep.dir) for n in (1, 2)] == [typed] * 2


def test_a_group_of_which_all_files_lie_elsewhere_is_a_group(tmp_path: Path) -> None:
    for group, text in (("kind", "layers: 9\n"), ("measure", "runs: 3\n")):
        (tmp_path / group).mkdir()
        (tmp_path / group / "large.yaml").write_text(text)
    loader, config = sweep_of(f"hydra.searchpath=[file://{tmp_path}]")
    composition = JobComposition(loader, config)
    chosen = ["+kind=large", "kind.layers=8", "seed=1"]
    assert composition.config(chosen).kind == {"layers": 8}
    for job in (chosen, ["measure=large"], ["+measure=large"]):
        assert _together(composition, job) == _by_hydra(loader, config, job), job
