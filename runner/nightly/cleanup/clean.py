"""How many nights to keep goes in; the store and the outputs keep those, and the words for it.

What is kept of older nights, and why, is told by runner/nightly/cleanup/retention.py.
"""

from dataclasses import dataclass
from pathlib import Path

from runner.nightly.cleanup.disk import artifact_folders, bytes_in, in_words
from runner.nightly.cleanup.retention import Held, Plan, Records, outdated
from runner.tracking import Kind, Store
from runner.tracking.removal import (
    can_collect,
    deleted_runs,
    folders_in,
    registered_runs,
    remove,
    remove_folders,
)


@dataclass(frozen=True)
class Cleaned:
    """What went, or would go, how many bytes that frees here, and what is left to do elsewhere."""

    plan: Plan
    freed: int
    dry_run: bool
    advice: str = ""

    @property
    def text(self) -> str:
        """What went and what is kept, in words, two lines or three."""
        return "\n".join(each for each in (self._gone, self._kept, self.advice) if each)

    @property
    def _gone(self) -> str:
        plan = self.plan
        counts = _counts(
            (plan.nights, "night", "nights"),
            (plan.sweeps, "sweep", "sweeps"),
            (plan.points, "point", "points"),
            (plan.baselines, "baseline", "baselines"),
            (plan.deleted, "run deleted before", "runs deleted before"),
        )
        went, freed = ("would go", "to be freed") if self.dry_run else ("deleted", "freed")
        room = f", {in_words(self.freed)} {freed}" if self.freed else ""
        return f"{counts or 'nothing'} {went}{room}"

    @property
    def _kept(self) -> str:
        plan = self.plan
        nights = _counts((plan.kept, "night", "nights")) or "no nights"
        others = _counts(
            (plan.picks, "pick", "picks"),
            (plan.registered, "registered model", "registered models"),
            (plan.used, "baseline in use", "baselines in use"),
        )
        return f"kept: {nights}" + (f", and of what is older {others}" if others else "")


def clean(store: Store, keep_nights: int, outputs: Path, dry_run: bool) -> Cleaned:
    """Delete all but the last nights, from the store and from the folder of outputs.

    Raises:
        StoreFailed: the store does not answer, or a file cannot be deleted; the next cleaning
            finds what is left.
    """
    # Nobody may promote or take up meanwhile what is about to go.
    with store.lock():
        held = _held(store)
        plan = outdated(held, keep_nights)
        names = _names(held, plan)
        freed = _bytes(store, plan) + sum(map(bytes_in, folders_in(outputs, names)))
        if dry_run:
            return Cleaned(plan, freed, dry_run)
        remove_folders(outputs, names)
        return Cleaned(plan, freed, dry_run, remove(store, plan.runs, plan.deleted))


def _held(store: Store) -> Held:
    runs = tuple(store.find(""))
    deleted = tuple(deleted_runs(store)) if can_collect(store) else ()
    live = (
        each.id for each in runs + deleted if each.status == "RUNNING" and not each.process_ended
    )
    return Held(runs, deleted, registered_runs(store), frozenset(live))


def _names(held: Held, plan: Plan) -> set[str]:
    """Name the nights that go, unless one that stays has the same name."""
    going = {each.id for each in plan.runs + plan.deleted}
    both = held.runs + held.deleted
    nights = [each for each in both if each.kind == Kind.NIGHTLY]
    staying = {each.name for each in nights if each.id not in going}
    return {each.name for each in nights if each.id in going} - staying


def _bytes(store: Store, plan: Plan) -> int:
    """Sum up what `mlflow gc` frees on this machine."""
    runs = plan.runs + plan.deleted if can_collect(store) else ()
    return sum(map(bytes_in, artifact_folders(runs)))


def _counts(*counted: tuple[Records, str, str]) -> str:
    """Count what there is of each, by its name for one and for several."""
    return ", ".join(
        f"{len(runs)} {one if len(runs) == 1 else several}"
        for runs, one, several in counted
        if runs
    )
