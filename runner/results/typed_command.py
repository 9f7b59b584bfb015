"""Write the commands of the runner as one types them on stored runs."""

import os
import shlex
import sys
from pathlib import Path

from runner.settings.address_mask import masked
from runner.settings.experiment_name import SWEEPS
from runner.settings.experiment_name import resolve as resolve_experiment
from runner.settings.store_uri import DEFAULT, resolve
from runner.tracking import Store


def typed_command(store: Store, *words: str) -> str:
    """Return a command to type here, with the store where that is not the usual one."""
    usual = resolve(None), str(resolve_experiment(None))
    return _written(store, usual, [program(), *words])


def command_elsewhere(store: Store, *words: str) -> str:
    """Return a command for a page, which is read where the environment may name another store."""
    return _written(store, (resolve(DEFAULT), SWEEPS), ["python", *words])


def program() -> str:
    """Name the Python that runs this, as one would type it in this folder."""
    python, here = Path(sys.executable), Path.cwd()
    return os.path.relpath(python, here) if python.is_relative_to(here) else str(python)


def _written(store: Store, usual: tuple[str, str], words: list[str]) -> str:
    python, *rest = words
    uri, experiment = usual
    given = [] if store.experiment == experiment else ["--experiment", store.experiment]
    given += [] if store.uri == uri else ["--tracking-uri", masked(store.uri)]
    return shlex.join([python, "-m", "runner", *rest, *given])
