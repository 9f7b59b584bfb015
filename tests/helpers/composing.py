"""Compose what is typed, as the command line does before any work, in the process of the tests."""

import functools
from collections.abc import Sequence

from hydra._internal.utils import create_automatic_config_search_path
from hydra.core.utils import setup_globals
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from runner.cli.masking_loader import MaskingLoader
from runner.planning.candidates import Candidate, expand
from runner.settings import Settings, from_hydra
from runner.settings.paths import CONF, register


def point_of(*typed: str) -> Settings:
    """Compose a single point."""
    return from_hydra(_loader().load_configuration("config", list(typed), RunMode.RUN))


def points_of(*typed: str) -> dict[str, Settings]:
    """Compose the points of what is typed after `-m`, by their names."""
    loader, config = sweep_of(*typed)
    return {
        point.name: from_hydra(loader.load_sweep_config(config, list(point.overrides)))
        for point in candidates_of(loader, config)
    }


def sweep_of(*typed: str) -> tuple[MaskingLoader, DictConfig]:
    """Compose a sweep: what composes its points, and its configuration."""
    loader = _loader()
    return loader, loader.load_configuration("config", list(typed), RunMode.MULTIRUN)


def candidates_of(loader: MaskingLoader, config: DictConfig) -> list[Candidate]:
    """Expand a composed sweep into its points."""
    sweeper = OmegaConf.to_container(config.hydra.sweeper)
    assert isinstance(sweeper, dict)
    axes, singles = sweeper["params"] or {}, sweeper["points"] or ()
    task: Sequence[str] = config.hydra.overrides.task
    return expand(axes, singles, task, loader, config.search.strategy == "adaptive")


@functools.cache
def _loader() -> MaskingLoader:
    register()
    setup_globals()
    return MaskingLoader(create_automatic_config_search_path(None, None, str(CONF)))
