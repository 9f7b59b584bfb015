"""Print the results of a sweep: the failures, the best files, and the one to ship."""

from collections.abc import Sequence

from rich.console import Console

from runner.escaping.terminal import say
from runner.escaping.wrapped import say_wrapped
from runner.results.conclusion import conclusion
from runner.results.correct_rows import with_correct
from runner.results.decision import Decision, decide_all
from runner.results.device_rows import with_device_rows
from runner.results.front_table import FrontTable
from runner.results.processors import several_processors
from runner.results.rows import Results, data_label
from runner.results.table import PointsTable
from runner.results.ways_table import TITLE, ways_tables
from runner.tracking import Store
from runner.tracking.run import ERROR_FILE


def show(store: Store, results: Results) -> list[Decision]:
    """Print the failed points, the files that nothing beats, what to ship, and how sure that is.

    Returns:
        What was decided for each device and data set, the first device first.
    """
    results = with_correct(store, with_device_rows(store, results, results.request))
    # First what asks the store: whoever tries again then prints no table twice.
    decisions = decide_all(results, store)
    console = Console()
    _say_failures(store, results)
    for decision in decisions:
        _say_front(console, decision, results)
    first = [each for each in decisions if each.device is results.request.device]
    for decision in first:
        for found in ways_tables(decision):
            label = f", {found.group.label}" * bool(found.group.label)
            # Whole lines: a break within a name could begin another one.
            say("", f"{TITLE}{_label(decision, results)}{label}:", *found.text_lines)
            say_wrapped(console, found.sentences)
    say("")
    say_decisions(store, decisions)
    say_wrapped(console, filter(None, [several_processors(results)]))
    return decisions


def say_decisions(store: Store, decisions: Sequence[Decision]) -> None:
    """Print what to ship, for each device and data set, how sure that is, and where it lies."""
    console = Console()
    several = len({decision.device for decision in decisions}) > 1
    for decision in decisions:
        what = [f"{decision.device}: "] * several
        lines = conclusion(decision)
        say_wrapped(console, [f"{''.join(what)}{lines[0]}", *lines[1:]])
        say_file(store, decision)


def show_all(store: Store, results: Results) -> None:
    """Print the table of all points, with each of their files."""
    results = with_correct(store, with_device_rows(store, results, results.request))
    table = PointsTable(results, results.request.device)
    console = Console()
    if console.is_terminal:
        console.print(table.on_terminal(console))
    else:
        say(*table.text().split("\n"))
    say_wrapped(console, table.legend)


def _say_failures(store: Store, results: Results) -> None:
    """Print why points failed, in a line each, and where the error is that the first one met."""
    points = [row.point for row in results.rows if row.point.error]
    for point in points:
        # Nothing runs that has a reason to have failed: it could not be closed.
        status = "FAILED" if point.status == "RUNNING" else point.status
        say(f"{status}: {point.name}: {point.error}")
    for point in [point for point in points if point.status == "FAILED"][:1]:
        of = "" if len(points) == 1 else f" of {point.name}"
        say(f"The whole error{of}: {store.local_file(point, ERROR_FILE)}")


def _say_front(console: Console, decision: Decision, results: Results) -> None:
    table = FrontTable(decision)
    if table.is_empty:
        return
    label = _label(decision, results)
    several = len(results.request.devices) > 1
    about = ", ".join(filter(None, [str(decision.device) * several, label.removeprefix(", ")]))
    say("", *([f"{about}:"] if about else []))
    say_table(console, table)


def say_table(console: Console, table: FrontTable) -> None:
    """Print a table as the terminal has room for it, or in Markdown, and what stands in it."""
    terminal = console.is_terminal
    say(*(table.on_terminal(console.width) if terminal else table.markdown()))
    say_wrapped(console, table.legend)


def say_file(store: Store, decision: Decision) -> None:
    """Print the path of the file on a line of its own, which no terminal's width breaks."""
    file = decision.file or decision.closest
    if file:
        say(f"File: {store.local_file(file.point, file.artifact)}")


def _label(decision: Decision, results: Results) -> str:
    """Name the data of a decision; empty where there is only one data set."""
    rows = decision.rows
    return f", {data_label(rows, results.rows)}" if len(rows) < len(results.rows) else ""
