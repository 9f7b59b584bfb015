from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.plugins import Plugins
from hydra.core.utils import setup_globals
from hydra.types import RunMode

from runner.data.sources import SHAPES
from runner.planning import grid
from runner.planning.candidates import expand
from runner.settings.paths import CONF, SWEEPS, register
from tests.helpers.tiny import write_npz

FILES = sorted((SWEEPS / "sweep").glob("*.yaml"))
RUNS = {
    "nightly": 4,
    "smoke": 2,
    "channels": 15,
    "sparsity": 12,
    "mnist": 12,
    "fashion_mnist": 8,
    "deep_compression": 4,
    "deep_compression_lenet5": 6,
    "distillation": 6,
    "training": 19,
    "results_mnist": 36,
    "results_fashion_mnist": 24,
}


def _sweeper(path: Path) -> dict[str, Any]:
    sweeper: dict[str, Any] = yaml.safe_load(path.read_text())["hydra"]["sweeper"]
    return sweeper


def _takes_long(path: Path) -> bool:
    # Each point of deep_compression has a network of its own, which is made and cut.
    return RUNS[path.stem] > 12 or path.stem.startswith("deep_compression")


def test_every_sweep_is_known_here() -> None:
    assert {path.stem for path in FILES} == set(RUNS)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.long if _takes_long(path) else ()) for path in FILES],
    ids=lambda path: path.stem,
)
def test_every_point_of_a_shipped_sweep_is_accepted(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mnist", "fashion_mnist"):
        write_npz(tmp_path / f"{name}.npz", side=SHAPES[name][0])
    monkeypatch.setenv("RUNNER_DATA", str(tmp_path))
    register()
    setup_globals()
    Plugins.instance()
    loader = ConfigLoaderImpl(config_search_path=create_config_search_path(str(CONF)))
    # There are fewer than a sweep may ask for.
    given = [f"+sweep={path.stem}", "dataset.train_images=null"]
    config = loader.load_configuration("config", given, RunMode.MULTIRUN)
    sweeper = _sweeper(path)
    points = sweeper.get("points", [])
    candidates = expand(sweeper.get("params", {}), points, given)
    checked = grid.check(candidates, loader, config)
    assert checked.skipped == ()
    assert len(checked.points) == RUNS[path.stem]
    assert len({point.name for point in checked.points}) == len(checked.points)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sweep_file_explains_itself(path: Path) -> None:
    first, *lines = path.read_text().splitlines()
    assert first == "# @package _global_"
    comment = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    assert f"python -m runner +sweep={path.stem}" in comment
    assert f"{RUNS[path.stem]} points" in comment
    assert "Cost:" in comment
    assert "Expect:" in comment
