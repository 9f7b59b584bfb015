"""Run one job of the runner with the configuration that Hydra has composed."""

import logging
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from runner.cli.failure import is_refusal, reason
from runner.errors import Refused
from runner.planning import preflight
from runner.process.log_mask import mask_logs
from runner.settings import Settings, from_hydra
from runner.settings.internal import require_left_out
from runner.settings.paths import CONF

log = logging.getLogger(__name__)


class RefusedPoint(SystemExit):
    """A single point's refusal: no ordinary exception, which Hydra would report as a failed job."""


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def job(config: DictConfig) -> Any:
    """Run one point, or the baseline of a sweep's points, and return its outcome.

    Raises:
        RefusedPoint: the settings of a single point cannot work.
        Refused: the same, of a point of a sweep.
    """
    # A launcher may run this in a process of its own.
    mask_logs()
    try:
        settings = _checked(config)

        # TensorFlow is imported here, after every check.
        from runner.point.run import run

        outcome = run(settings, Path(HydraConfig.get().runtime.output_dir))
        if HydraConfig.get().mode is not RunMode.MULTIRUN:
            _show(settings, outcome.run_id)
        return outcome
    except Refused as refusal:
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            raise
        raise RefusedPoint(str(refusal)) from None


def _show(settings: Settings, run_id: str) -> None:
    """Print what a single point came to; it is finished, whether or not it can be shown."""
    from runner.results.point_end import show_point
    from runner.tracking import StoreFailed

    try:
        show_point(settings, run_id, HydraConfig.get().overrides.task)
    except StoreFailed as failure:
        log.warning("its figures are not shown: %s", failure)


def _checked(config: DictConfig) -> Settings:
    """Convert the configuration into settings that can work.

    Raises:
        Refused: they cannot.
    """
    try:
        settings = from_hydra(config)
        if HydraConfig.get().mode is not RunMode.MULTIRUN:
            require_left_out(settings.sweep)
        return preflight.check(settings, HydraConfig.get().overrides.task)
    except Refused:
        raise
    except Exception as error:
        if not is_refusal(error):
            raise
        raise Refused(reason(error)) from error
