"""The command line goes in; one run, or a sweep of runs, and an exit code come out."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from runner import preflight, usage
from runner.locations import CONF, register
from runner.refusal import Refused, one_line
from runner.settings import Settings, from_hydra
from runner.sweep.sweeper import PruningSweeper

_FINISHED, _FAILED, _REFUSED = 0, 1, 2
_TRACEBACKS = "HYDRA_FULL_ERROR"


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def point(config: DictConfig) -> str:
    """Run one point and return the id of its MLflow run."""
    try:
        settings = _checked(config)

        # TensorFlow is imported here, after every check.
        from runner.experiment import run

        return run(settings, Path(HydraConfig.get().runtime.output_dir))
    except Refused as refusal:
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            raise
        # Not an ordinary exception: Hydra would report that as a job that failed.
        raise SystemExit(_refuse(refusal)) from None


def _checked(config: DictConfig) -> Settings:
    """Convert and check; whatever goes wrong before any work is about the settings."""
    try:
        settings = from_hydra(config)
        preflight.check(settings)
    except Refused:
        raise
    except Exception as error:
        raise Refused(usage.explained(error)) from error
    return settings


def main() -> None:
    """Enter from the command line."""
    sys.exit(_main(sys.argv[1:]))


def _main(arguments: list[str]) -> int:
    if {"--help", "-h"} & set(arguments):
        print(usage.text())
        return _FINISHED
    signal.signal(signal.SIGTERM, _stop)
    full = os.environ.get(_TRACEBACKS) == "1"
    # Hydra would print a failure its own way and exit with 1, whatever it was.
    os.environ[_TRACEBACKS] = "1"
    register()
    try:
        usage.check_sweep_choice(arguments)
        point()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if full:
            raise
        # Work begins with MLflow: whatever went wrong before is about the settings.
        if isinstance(error, Refused) or "runner.tracking" not in sys.modules:
            return _refuse(error)
        print(f"runner: failed: {one_line(error)}", file=sys.stderr)
        return _FAILED
    return _FAILED if PruningSweeper.failed else _FINISHED


def _refuse(error: BaseException) -> int:
    print(f"runner: {usage.explained(error)}", file=sys.stderr)
    return _REFUSED


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
