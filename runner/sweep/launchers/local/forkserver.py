"""The data sets of a sweep go in; the process that its workers are forked from is started."""

import json
import multiprocessing
import signal
from collections.abc import Iterable, Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from hydra.core.utils import env_override

from runner.settings import Settings

DATASETS = "RUNNER_PRELOADED_DATASETS"


def start(points: Iterable[Settings], environment: Mapping[str, str]) -> ForkServerContext:
    """Start importing and loading, in a process of its own, while the sweep is prepared.

    Args:
        environment: variables that the jobs set; what is imported here may read them too.
    """
    wanted = {
        json.dumps(
            {"settings": each.dataset.model_dump(mode="json"), "cache": str(each.cache.folder)}
        )
        for each in points
    }
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["runner.sweep.launchers.local.preload"])
    named = {DATASETS: f"[{','.join(sorted(wanted))}]"}
    # Ctrl-C reaches every process of a terminal: this one sees to the others, which inherit that
    # they ignore it.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with env_override({**environment, **named}):
            forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, handler)
    return context
