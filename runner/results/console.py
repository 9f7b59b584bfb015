"""A sweep's results go in; a table, failures and the file to ship come out on the console."""

import os
import shlex
import sys
from pathlib import Path

from rich.console import Console

from runner.results.choice import Limits
from runner.results.decision import decide
from runner.results.rows import Results
from runner.results.table import LEGEND, as_text, fitting
from runner.settings.store_uri import without_password
from runner.tracking import Store


def show(store: Store, results: Results) -> None:
    """Print the table, the failed points, the file to ship and how to see more."""
    rows = results.rows
    console = Console()
    if console.is_terminal:
        console.print(fitting(rows, console))
    else:
        print(as_text(rows))
    print(LEGEND)
    for row in rows:
        if row.point.error:
            print(f"{row.point.status}: {row.point.name}: {row.point.error}")
    for decision in decide(rows, Limits(results.max_drop)):
        print(decision.text(store))
    print(f"Compare in the browser: {ui_command(store.uri)}")


def ui_command(uri: str) -> str:
    """Say how to look at the store: a server by its address, a database through MLflow's UI."""
    shown = without_password(uri)
    if uri.startswith(("http", "databricks")):
        return shown
    python = Path(sys.executable)
    here = Path.cwd()
    program = os.path.relpath(python, here) if python.is_relative_to(here) else str(python)
    # A password is not for the screen: the environment's own is named, any other is masked.
    named = shown != uri and os.environ.get("MLFLOW_TRACKING_URI") == uri
    address = '"$MLFLOW_TRACKING_URI"' if named else shlex.quote(shown)
    return f"{shlex.quote(program)} -m mlflow ui --backend-store-uri {address}"
