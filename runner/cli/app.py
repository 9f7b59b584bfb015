"""A composed configuration goes in; what became of the job comes out: the task that Hydra runs."""

from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from runner.cli.help import explained
from runner.errors import Refused
from runner.planning import preflight
from runner.settings import Settings, from_hydra
from runner.settings.paths import CONF


class RefusedPoint(SystemExit):
    """A single point's refusal: no ordinary exception, which Hydra would report as a failed job."""


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def job(config: DictConfig) -> Any:
    """Run one point, or the baseline of a sweep's points, and return its outcome."""
    try:
        settings = _checked(config)

        # TensorFlow is imported here, after every check.
        from runner.point.run import run

        return run(settings, Path(HydraConfig.get().runtime.output_dir))
    except Refused as refusal:
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            raise
        raise RefusedPoint(str(refusal)) from None


def _checked(config: DictConfig) -> Settings:
    """Convert and check; whatever goes wrong before any work is about the settings."""
    try:
        settings = from_hydra(config)
        preflight.check(settings)
    except Refused:
        raise
    except Exception as error:
        raise Refused(explained(error)) from error
    return settings
