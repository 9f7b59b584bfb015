"""Delete all but the last nights, from the store and from the folder of outputs.

What is kept of older nights, and why, is said in runner/nightly/cleanup/retention.py.
"""

from collections.abc import Sized
from dataclasses import dataclass
from pathlib import Path

from rich import filesize

from runner.nightly.cleanup.arrays import caches_of, remove_arrays, unused
from runner.nightly.cleanup.disk import artifact_folders, bytes_in
from runner.nightly.cleanup.retention import Plan, StoreContents, plan_deletion
from runner.tracking import Kind, Store
from runner.tracking.lease import PERIOD_SECONDS
from runner.tracking.model_versions import registered_runs
from runner.tracking.removal import can_collect, deleted_runs, folders_in, remove, remove_folders
from runner.tracking.saved_views.keep import forget
from runner.tracking.silence import close_silent, silent_runs


@dataclass(frozen=True)
class Cleanup:
    """What was deleted, or would be, the bytes that frees here, and what to do elsewhere.

    `arrays` are the folders of data sets that went from the cache.
    """

    plan: Plan
    freed: int
    dry_run: bool
    advice: str = ""
    arrays: tuple[Path, ...] = ()

    @property
    def text(self) -> str:
        """What is deleted and what is kept, in two lines or three."""
        return "\n".join(line for line in (self._deleted, self._kept, self.advice) if line)

    @property
    def _deleted(self) -> str:
        plan = self.plan
        counts = _counts(
            (plan.nights, "night", "nights"),
            (plan.sweeps, "sweep", "sweeps"),
            (plan.points, "point", "points"),
            (plan.baselines, "baseline", "baselines"),
            (plan.purged, "run deleted before", "runs deleted before"),
            (self.arrays, "unused data set of the cache", "unused data sets of the cache"),
        )
        deleted, freed = ("would go", "to be freed") if self.dry_run else ("deleted", "freed")
        room = f", {filesize.decimal(self.freed)} {freed}" if self.freed else ""
        return f"{counts or 'nothing'} {deleted}{room}"

    @property
    def _kept(self) -> str:
        plan = self.plan
        nights = _counts((plan.kept_nights, "night", "nights")) or "no nights"
        others = _counts(
            (plan.kept_picks, "pick", "picks"),
            (plan.kept_registered, "registered model", "registered models"),
            (plan.kept_baselines, "baseline in use", "baselines in use"),
        )
        return f"kept: {nights}" + (f", and of what is older {others}" if others else "")


def clean(
    store: Store,
    keep_nights: int,
    outputs: Path,
    dry_run: bool,
    period: float = PERIOD_SECONDS,
) -> Cleanup:
    """Delete all but the last nights, from the store and from the folder of outputs.

    Args:
        period: seconds after which a lease is renewed: what another machine or an earlier boot left
            running is watched.

    Raises:
        StoreFailed: the store does not answer, or a file cannot be deleted; the next cleaning
            finds what remains.
    """
    gone = _silent(store, dry_run, period)
    # Nobody may promote or use meanwhile what is about to be deleted.
    with store.lock():
        contents = _contents(store, gone)
        plan = plan_deletion(contents, keep_nights)
        names = _night_names(contents, plan)
        arrays = _unused_arrays(contents, plan)
        folders = [*folders_in(outputs, names), *arrays]
        freed = _bytes(store, plan) + sum(map(bytes_in, folders))
        if dry_run:
            return Cleanup(plan, freed, dry_run, arrays=arrays)
        remove_folders(outputs, names)
        remove_arrays(arrays)
        sweeps = [run.id for run in plan.runs + plan.purged if run.kind == Kind.SWEEP]
        forget(store, sweeps)
        return Cleanup(plan, freed, dry_run, remove(store, plan.runs, plan.purged), arrays)


def _silent(store: Store, dry_run: bool, period: float) -> frozenset[str]:
    """Return the ids of the runs, deleted ones too, that were left running elsewhere, and close."""
    runs = store.find("")
    deleted = deleted_runs(store) if can_collect(store) else []
    silent = silent_runs(store, [*runs, *deleted], period)
    if not dry_run:
        # A deleted run takes no more.
        close_silent(store, [run for run in silent if run in runs])
    return frozenset(run.id for run in silent)


def _contents(store: Store, gone: frozenset[str]) -> StoreContents:
    runs = tuple(store.find(""))
    deleted = tuple(deleted_runs(store)) if can_collect(store) else ()
    running = (run for run in runs + deleted if run.status == "RUNNING")
    live = frozenset(run.id for run in running if not run.process_ended) - gone
    return StoreContents(runs, deleted, registered_runs(store), live)


def _night_names(contents: StoreContents, plan: Plan) -> set[str]:
    """Name the nights to delete, unless one that stays has the same name."""
    leaving = {run.id for run in plan.runs + plan.purged}
    nights = [run for run in contents.runs + contents.deleted if run.kind == Kind.NIGHTLY]
    staying = {night.name for night in nights if night.id not in leaving}
    return {night.name for night in nights if night.id in leaving} - staying


def _unused_arrays(contents: StoreContents, plan: Plan) -> tuple[Path, ...]:
    """Return what the caches of nights have of data sets, and none of the nights kept has used."""
    began = [night.started for night in plan.kept_nights]
    if not began or contents.sweeps_run:
        return ()
    return tuple(unused(caches_of(contents.runs), min(began)))


def _bytes(store: Store, plan: Plan) -> int:
    """Sum up what `mlflow gc` frees on this machine."""
    runs = plan.runs + plan.purged if can_collect(store) else ()
    return sum(map(bytes_in, artifact_folders(runs)))


def _counts(*counted: tuple[Sized, str, str]) -> str:
    """Count what there is of each kind, given with its name for one and for several."""
    return ", ".join(
        f"{len(found)} {singular if len(found) == 1 else plural}"
        for found, singular, plural in counted
        if found
    )
