"""Print what a single point came to: its files, its baseline, and what to do next."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console

from runner.device.request import Request
from runner.escaping.terminal import say
from runner.escaping.wrapped import say_wrapped
from runner.results.conclusion import conclusion
from runner.results.console import say_file, say_table
from runner.results.correct_rows import with_correct
from runner.results.decision import decide_all
from runner.results.device_rows import with_device_rows
from runner.results.front_table import FrontTable
from runner.results.next_steps import in_mlflow
from runner.results.rows import Results, Row
from runner.results.typed_command import program
from runner.settings import Settings
from runner.tracking import Store, tags
from runner.tracking.saved_views.address import of_run

_AXIS, _VALUES = "schedule.final_sparsity", "0.5,0.8,0.9"


def show_point(settings: Settings, run_id: str, overrides: Sequence[str]) -> None:
    """Print the files of a point beside its baseline, and what comes next.

    Args:
        run_id: of the point.
        overrides: what was typed to run it.

    Raises:
        StoreFailed: the store does not answer.
    """
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    point = store.get(run_id)
    baseline = store.get(point.tags[tags.BASELINE_RUN_ID])
    # Judged as a sweep of this point alone.
    alone = replace(point, tags={**point.tags, tags.DEVICE: Request.of(settings).text})
    results = Results(alone, (Row(point, baseline),))
    results = with_correct(store, with_device_rows(store, results, results.request))
    decision, *_ = decide_all(results, store)
    console = Console()
    say("")
    say_table(console, FrontTable(decision, whole=True))
    say_wrapped(console, conclusion(decision))
    say_file(store, decision)
    seen = in_mlflow(store, point.id, of_run(point.experiment_id, point.id))
    say(*(f"{name}: {place}" for name, place in seen.items()), f"Sweep it: {_sweep(overrides)}")


def _sweep(overrides: Sequence[str]) -> str:
    """Return the command that runs the same with several sparsities."""
    kept = [each for each in overrides if each.partition("=")[0].lstrip("+") != _AXIS]
    return shlex.join([program(), "-m", "runner", "-m", *kept, f"{_AXIS}={_VALUES}"])
