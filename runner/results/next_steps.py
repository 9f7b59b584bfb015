"""Say where a sweep's report and its runs are to be seen, and which commands come next."""

import os
import shlex
import sys
from pathlib import Path

from runner.results.file import File
from runner.results.rows import Results
from runner.settings.address_mask import masked, without_login
from runner.settings.experiment_name import resolve as resolve_experiment
from runner.settings.store_uri import resolve
from runner.settings.targets import Target
from runner.tracking import Store
from runner.tracking.saved_views.address import LOCAL


def next_steps(store: Store, results: Results, file: File | None, page: str) -> list[str]:
    """Return lines for MLflow, and one for each command that comes next, ready to be copied.

    Args:
        file: what is to be shipped.
        page: where MLflow shows the sweep: the address after the server's.
    """
    lines = _in_mlflow(store, results.name, page)
    if file:
        output = f"--output=model{Path(file.target.file_name).suffix}"
        lines["Copy the file"] = _command(store, "best", results.name, output)
        if file.target is not Target.H5 and not file.target.on_tflm_only:
            lines["Promote it"] = _command(store, "promote", results.name)
    lines["All files"] = _command(store, "report", results.name, "--all")
    return [f"{name}: {command}" for name, command in lines.items()]


def _in_mlflow(store: Store, sweep: str, page: str) -> dict[str, str]:
    """Say where MLflow shows the sweep: at its server, or once a command of ours has started it."""
    if store.uri.startswith("databricks"):
        return {"MLflow": masked(store.uri)}
    if store.uri.startswith("http"):
        return {"MLflow": f"{without_login(store.uri)}{page}"}
    return {"MLflow": _command(store, "ui", sweep), "which opens": f"{LOCAL}{page}"}


def _command(store: Store, name: str, sweep: str, *options: str) -> str:
    """Return a command on a sweep, with the store where that is not the usual one."""
    words = [program(), "-m", "runner", name, sweep, *options]
    given = []
    if store.experiment != resolve_experiment(None):
        given += ["--experiment", store.experiment]
    text = shlex.join([*words, *given])
    if store.uri == resolve(None):
        return text
    return f"{text} --tracking-uri {shlex.quote(masked(store.uri))}"


def program() -> str:
    """Name the Python that runs this, as one would type it in this folder."""
    python, here = Path(sys.executable), Path.cwd()
    return os.path.relpath(python, here) if python.is_relative_to(here) else str(python)


def ui_command(uri: str) -> str:
    """Return how to look at the store: a server's address, or the command of MLflow's UI."""
    shown = masked(uri)
    if uri.startswith(("http", "databricks")):
        return shown
    # No password is printed: one of the environment stays there, any other is masked.
    in_environment = shown != uri and os.environ.get("MLFLOW_TRACKING_URI") == uri
    address = '"$MLFLOW_TRACKING_URI"' if in_environment else shlex.quote(shown)
    return f"{shlex.quote(program())} -m mlflow ui --backend-store-uri {address}"
