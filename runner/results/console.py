"""Print the results of a sweep: a table, the failures and the file to ship."""

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from rich.console import Console

from runner.escaping.terminal import say
from runner.results.correct_rows import with_correct
from runner.results.decision import Decision, decide_all
from runner.results.device_rows import with_device_rows
from runner.results.evidence import Evidence
from runner.results.evidence_words import sentences
from runner.results.rows import Results, data_label
from runner.results.table import PointsTable
from runner.results.ways_table import TITLE, ways_tables
from runner.settings.address_mask import masked
from runner.tracking import Store


def show(store: Store, results: Results) -> None:
    """Print the table, the failed points, the file to ship and how to see more."""
    results = with_correct(store, with_device_rows(store, results, results.request))
    table = PointsTable(results, results.request.device)
    # First what asks the store: whoever tries again then prints no table twice.
    decisions = [(each, each.text(store)) for each in decide_all(results, store)]
    first = [each for each, _ in decisions if each.device is results.request.device]
    ways = [(each, table) for each in first for table in ways_tables(each)]
    console = Console()
    if console.is_terminal:
        console.print(table.on_terminal(console))
    else:
        say(*table.text().split("\n"))
    _say_wrapped(console, table.legend)
    for row in results.rows:
        if row.point.error:
            # Nothing runs that has a reason to have failed: it could not be closed.
            status = "FAILED" if row.point.status == "RUNNING" else row.point.status
            say(f"{status}: {row.point.name}: {row.point.error}")
    several = len(results.request.devices) > 1
    for decision, text in decisions:
        say(f"{decision.device}: " * several + text)
        evidence = Evidence.of(decision)
        _say_wrapped(console, sentences(evidence) if evidence else [])
    for decision, found in ways:
        label = f", {found.group.label}" * bool(found.group.label)
        # Whole lines: a break within a name could begin another one.
        say(f"{TITLE}{_label(decision, results)}{label}:", *found.text_lines)
        _say_wrapped(console, found.sentences)
    say(f"Compare in the browser: {ui_command(store.uri)}")


def _label(decision: Decision, results: Results) -> str:
    """Name the data of a decision; empty where there is only one data set."""
    rows = decision.rows
    return f", {data_label(rows, results.rows)}" if len(rows) < len(results.rows) else ""


def _say_wrapped(console: Console, sentences: Iterable[str]) -> None:
    """Give each sentence lines of its own, which on a terminal break between words only."""
    for sentence in sentences:
        width = console.width if console.is_terminal else len(sentence)
        # Names of files and points stay whole, and a number stays with its percent.
        whole = sentence.replace(" %", "\u00a0%")
        lines = wrap(whole, width, break_long_words=False, break_on_hyphens=False)
        say(*(line.replace("\u00a0%", " %") for line in lines))


def ui_command(uri: str) -> str:
    """Return how to look at the store: a server's address, or the command of MLflow's UI."""
    shown = masked(uri)
    if uri.startswith(("http", "databricks")):
        return shown
    python = Path(sys.executable)
    here = Path.cwd()
    program = os.path.relpath(python, here) if python.is_relative_to(here) else str(python)
    # No password is printed: one of the environment stays there, any other is masked.
    in_environment = shown != uri and os.environ.get("MLFLOW_TRACKING_URI") == uri
    address = '"$MLFLOW_TRACKING_URI"' if in_environment else shlex.quote(shown)
    return f"{shlex.quote(program)} -m mlflow ui --backend-store-uri {address}"
