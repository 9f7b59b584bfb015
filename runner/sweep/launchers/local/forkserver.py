"""Start the server process that workers are forked from, with everything imported and loaded."""

import json
import multiprocessing
import signal
from collections.abc import Iterable, Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from hydra.core.utils import env_override

from runner.settings import Settings

DATASETS = "RUNNER_PRELOADED_DATASETS"


def start(
    points: Iterable[Settings], environment: Mapping[str, str], loads: bool = True
) -> ForkServerContext:
    """Start the server, which imports and loads while the sweep is prepared.

    Args:
        points: settings of points whose data sets the server loads.
        environment: variables that the jobs set; what is imported here may read them too.
        loads: whether it imports anything: False for jobs that are no points.

    Returns:
        The context that forks processes from the server.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["runner.sweep.launchers.local.preload"] if loads else [])
    # Ctrl-C reaches every process of a terminal. The sweep's process ends the others, so these
    # ignore it, which they inherit.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with env_override({**environment, DATASETS: _datasets(points)}):
            forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, handler)
    return context


def _datasets(points: Iterable[Settings]) -> str:
    """List the data sets of the points, and where each is cached, as JSON."""
    datasets = {
        json.dumps(
            {"settings": point.dataset.model_dump(mode="json"), "cache": str(point.cache.folder)}
        )
        for point in points
    }
    return f"[{','.join(sorted(datasets))}]"
