"""Say where a sweep's report and its runs are to be seen, and which commands come next."""

from collections.abc import Mapping
from pathlib import Path

from runner.results.decision import Decision
from runner.results.rows import Results
from runner.results.sweep_on import sweep_on
from runner.results.typed_command import program, typed_command
from runner.settings.address_mask import masked, without_login
from runner.settings.targets import Target
from runner.tracking import Store
from runner.tracking.saved_views.address import LOCAL


def next_steps(store: Store, results: Results, decision: Decision, page: str) -> list[str]:
    """Return lines for MLflow, and one for each command that comes next, ready to be copied.

    Args:
        page: where MLflow shows the sweep: the address after the server's.
    """
    lines, file = dict(in_mlflow(store, results.name, page)), decision.file
    if file:
        output = f"--output=model{Path(file.target.file_name).suffix}"
        lines["Copy the file"] = typed_command(store, "best", results.name, output)
        if file.target is not Target.H5 and not file.target.on_tflm_only:
            lines["Promote it"] = typed_command(store, "promote", results.name)
    if following := sweep_on(results, decision):
        lines["Sweep on"] = following.replace("python", program(), 1)
    lines["All files"] = typed_command(store, "report", results.name, "--all")
    return [f"{name}: {command}" for name, command in lines.items()]


def in_mlflow(store: Store, run: str, page: str) -> Mapping[str, str]:
    """Say where MLflow shows a run: at its server, or once a command of ours has started it.

    Args:
        run: a sweep's name, or a run id.
        page: the address after the server's.
    """
    if store.uri.startswith("databricks"):
        return {"MLflow": masked(store.uri)}
    if store.uri.startswith("http"):
        return {"MLflow": f"{without_login(store.uri)}{page}"}
    return {"MLflow": typed_command(store, "ui", run), "which opens": f"{LOCAL}{page}"}
