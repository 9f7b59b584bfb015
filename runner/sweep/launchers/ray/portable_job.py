"""Compose a job so that it means the same on any machine, but for the folders it writes to."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cloudpickle
from hydra.core.singleton import Singleton
from hydra.core.utils import JobRuntime
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, open_dict

from runner.settings.data_address import is_address
from runner.settings.path_names import path_names
from runner.settings.secret_text import VARIABLE
from runner.settings.store_uri import SQLITE, resolve
from runner.sweep.launchers.composition import JobComposition
from runner.sweep.launchers.job import Job, LaunchContext

_STORE = "tracking.uri"
# Logins to the store, and to where it keeps its files, are the user's, not the machine's.
_OF_THE_USER = ("MLFLOW_", "AWS_", "RUNNER_DATA")


def portable_job(
    context: LaunchContext, composition: JobComposition, overrides: Sequence[str], number: int
) -> bytes:
    """Compose a job, and pickle it, with the name of the application and OmegaConf's resolvers.

    Relative paths of the user's become absolute. Relative folders of the output and the cache stay
    as they are: each machine has its own.

    Args:
        context: what all jobs of the launch have in common.
        composition: what composes them.
        overrides: Hydra's overrides of the job.
        number: Hydra's number of the job.
    """
    job = Job.composed(context, composition, overrides, number)
    made = job.config
    with open_dict(made):
        for name in path_names():
            _settle_path(made, name)
        if OmegaConf.select(made, "tracking") is not None:
            _settle_store(made)
        # What is looked up here, as the time, is the same for all jobs.
        made.hydra.sweep.dir = str(made.hydra.sweep.dir)
    # What composes jobs stays here, with the files it reads.
    callbacks = job.hydra.callbacks
    there = HydraContext(config_loader=None, callbacks=callbacks)  # type: ignore[arg-type]
    name = JobRuntime.instance().get("name")
    resolvers = Singleton.get_state()["omegaconf_resolvers"]
    return bytes(cloudpickle.dumps((replace(job, hydra=there), name, resolvers)))


def users_variables() -> Mapping[str, str]:
    """Return the variables of this process's environment that a job needs wherever it runs."""
    return {name: value for name, value in os.environ.items() if name.startswith(_OF_THE_USER)}


def _settle_path(config: DictConfig, name: str) -> None:
    """Make a relative path absolute; what is looked up, or in a home, is so where the job runs."""
    group, _, key = name.rpartition(".")
    node = OmegaConf.select(config, group)
    if not isinstance(node, DictConfig) or OmegaConf.is_interpolation(node, key):
        return
    path = node.get(key)
    if isinstance(path, str) and path and not path.startswith("~") and not is_address(path):
        node[key] = str(Path(path).absolute())


def _settle_store(config: DictConfig) -> None:
    """Name the file of a store that is one; any other is found as it is found here."""
    given = OmegaConf.select(config, _STORE)
    if given is None and os.environ.get(VARIABLE):
        return
    uri = resolve(given)
    if uri.startswith(SQLITE):
        OmegaConf.update(config, _STORE, uri)
