"""Delete a sweep with its points, their files, and what only they have in the cache.

python -m runner.delete SWEEP --dry-run
"""

import argparse
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runner.cli import command, failure
from runner.cli.question import agreed
from runner.errors import Refused
from runner.escaping.log_lines import LogFormatter
from runner.escaping.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.deletion.plan import Plan
    from runner.tracking import Record, Store


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "delete",
        "Delete a sweep for good: its runs, their files, and what only they have in the cache.\n"
        "Says what goes, and asks first.",
        "it was not agreed to, or the store failed; the same command then finishes",
        "Kept are baselines that other runs use, and the folder of outputs, as in multirun/.",
    )
    command.add_sweep(made)
    made.add_argument(
        "--dry-run", action="store_true", help="say what would go, and delete nothing"
    )
    made.add_argument(
        "--registered", action="store_true",
        help="delete the versions of registered models too that its points became",
    )  # fmt: skip
    made.add_argument("--yes", action="store_true", help="do not ask")
    command.enter(made, _act, _check)


def _check(arguments: argparse.Namespace) -> None:
    """Require somebody who can be asked.

    Raises:
        Refused: there is nobody.
    """
    if arguments.dry_run or arguments.yes:
        return
    if arguments.json or not sys.stdin or not sys.stdin.isatty():
        raise Refused("--yes: must be given where nobody can be asked; --dry-run deletes nothing")


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.deletion.activity import require_unchanged, silent_others
    from runner.deletion.carry_out import carry_out
    from runner.tracking.silence import close_silent

    plan = _plan(arguments, store)
    with _waiting_shown():
        silent = silent_others(store, plan.sweep)
    if silent:
        plan = _plan(arguments, store, silent)
    if arguments.dry_run:
        command.show(arguments, _values(plan, False), *_lines(plan, "would go", "to be freed"))
        return failure.DONE
    if not arguments.yes and not _agreed(plan):
        say("nothing was deleted")
        return failure.FAILED
    # Nobody may begin, promote or use meanwhile what is deleted; and somebody may have before.
    with store.lock():
        close_silent(store, silent)
        judged, plan = plan.sweep, _plan(arguments, store)
        require_unchanged(judged, plan.sweep)
        advice = carry_out(store, plan)
    values = _values(plan, True) | ({"advice": advice} if advice else {})
    command.show(arguments, values, *_lines(plan, "deleted", "freed"), *([advice] * bool(advice)))
    return failure.DONE


@contextmanager
def _waiting_shown() -> Iterator[None]:
    """Show on standard error what is waited for inside the block, and how long."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("%(message)s"))
    log = logging.getLogger("runner.tracking")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)


def _plan(arguments: argparse.Namespace, store: "Store", silent: "Sequence[Record]" = ()) -> "Plan":
    from runner.deletion.lookup import sweep_to_delete
    from runner.deletion.plan import plan_of
    from runner.tracking.removal import deleted_runs

    deleted = deleted_runs(store)
    plan = plan_of(store, sweep_to_delete(store, arguments.sweep, deleted), deleted, silent)
    _require_unregistered(arguments, plan)
    return plan


def _require_unregistered(arguments: argparse.Namespace, plan: "Plan") -> None:
    if plan.versions and not arguments.registered:
        named = ", ".join(f"{each.name} version {each.number}" for each in plan.versions)
        raise Refused(
            f"SWEEP={plan.sweep.name}: is registered as {named}; --registered deletes that too"
        )


def _agreed(plan: "Plan") -> bool:
    """Say what would go, and ask."""
    say(*_lines(plan, "would go", "to be freed"))
    return agreed("Delete this for good?")


def _lines(plan: "Plan", gone: str, freed: str) -> list[str]:
    """Say what goes, in a line or two."""
    from rich import filesize

    counted = (
        (len(plan.points), "point", "points"),
        (len(plan.baselines), "baseline", "baselines"),
        (len(plan.cache.folders), "entry of the cache", "entries of the cache"),
        (len(plan.purged), "run deleted before", "runs deleted before"),
    )
    parts = [f"{count} {one if count == 1 else more}" for count, one, more in counted if count]
    room = f", {filesize.decimal(plan.freed)} {freed}" if plan.freed else ""
    which = f"{plan.sweep.name} (run {plan.sweep.id})"
    return [
        f"{', '.join([which, *parts])} {gone}{room}",
        *(f"{each.name} version {each.number} {gone}" for each in plan.versions),
    ]


def _values(plan: "Plan", deleted: bool) -> dict[str, Any]:
    return {
        "sweep": plan.sweep.name,
        "run_id": plan.sweep.id,
        "points": [run.id for run in plan.points],
        "baselines": [run.id for run in plan.baselines],
        "deleted_before": [run.id for run in plan.purged],
        "registered": [{"name": each.name, "version": each.number} for each in plan.versions],
        "cache": [str(folder) for folder in plan.cache.folders],
        "bytes": plan.freed,
        "deleted": deleted,
    }


if __name__ == "__main__":
    main()
