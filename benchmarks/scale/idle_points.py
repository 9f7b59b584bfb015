"""Sweep over points that only sleep and log: `python -m benchmarks.scale.idle_points -m SETTINGS`.

The sweeper and the launcher are the runner's own; only what a point does is another.
"""

import os
import time

import hydra
from omegaconf import DictConfig

from runner.point.outcome import Outcome
from runner.process.temporary import own_folder
from runner.settings import from_hydra
from runner.settings.paths import CONF, register
from runner.sweep.sweeper import PruningSweeper

# After how many seconds a process logs its next point.
PERIOD = "SCALE_PERIOD"
SLEEP_SECONDS = "seconds/sleep"


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def job(config: DictConfig) -> Outcome:
    """Sleep, and log a point as the runner logs one; a baseline does nothing."""
    # This module is not imported where points run.
    from benchmarks.scale.pace import PACE
    from runner.settings.parameters import point_parameters
    from runner.tracking import Kind, Store
    from runner.tracking.origin import lease_tags
    from runner.tracking.tags import FINGERPRINT

    settings = from_hydra(config)
    if settings.sweep.job != "point":
        return Outcome("nothing")
    slept = PACE.wait(float(os.environ[PERIOD]))
    started = time.monotonic()
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    # What identifies the point, as its sweep has planned it.
    planned = str(settings.sweep.planned).partition("-")[0]
    tags = {FINGERPRINT: planned, **lease_tags(settings.sweep)}
    name, parent = settings.sweep.point or "", settings.sweep.run_id
    point = store.new_run(Kind.POINT, name, point_parameters(settings), tags, parent)
    with point.closing():
        point.flush()
        point.log_metrics({SLEEP_SECONDS: slept, **PACE.last()})
    PACE.store = time.monotonic() - started
    return Outcome("slept", point.id)


if __name__ == "__main__":
    register()
    with own_folder():
        job()
    raise SystemExit(PruningSweeper.failed)
