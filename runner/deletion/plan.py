"""Choose what goes with a sweep, and what others still use."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from runner.deletion.activity import may_be_running, require_ended
from runner.deletion.arrays import free_arrays
from runner.deletion.cache import Cache
from runner.nightly.cleanup.disk import artifact_folders, bytes_in
from runner.tracking import Kind, Record, Store
from runner.tracking.model_versions import Version, registered_runs, versions_of
from runner.tracking.removal import can_collect
from runner.tracking.tags import BASELINE_RUN_ID, DELETING, SIGNATURE

Records = tuple[Record, ...]


@dataclass(frozen=True)
class Plan:
    """What goes.

    Attributes:
        points: the runs under the sweep's.
        baselines: those of its points that no other run refers to.
        purged: what of all these was deleted before, and still takes room.
        versions: those of registered models that its points became.
        freed: bytes on this machine.
    """

    sweep: Record
    points: Records
    baselines: Records
    purged: Records
    versions: tuple[Version, ...]
    cache: Cache
    freed: int

    @property
    def begins(self) -> bool:
        """Whether the sweep's own run has not been deleted yet."""
        return self.sweep not in self.purged

    @property
    def mark(self) -> str:
        """Name the baselines, for a deletion that is taken up again once the points are gone."""
        return json.dumps([run.id for run in self.baselines])


def plan_of(
    store: Store, sweep: Record, deleted: Iterable[Record], silent: Iterable[Record] = ()
) -> Plan:
    """Choose what goes with a sweep.

    Args:
        deleted: the runs that were deleted, but are still there.
        silent: running runs of which it is known that nobody works on them.

    Raises:
        Refused: it is running here.
        StoreFailed: the store does not answer.
    """
    runs, gone = store.find(""), list(deleted)
    own = [run for run in [*runs, *gone] if run.parent == sweep.id]
    require_ended([sweep, *own])
    others = [run for run in runs if sweep.id not in (run.id, run.parent)]
    kept = [run for run in gone if run.kind == Kind.BASELINE]
    dead = {run.id for run in silent}
    rest = [run for run in others if run.kind != Kind.BASELINE and run.id not in dead]
    live = any(map(may_be_running, rest))
    # A sweep that is running may use any baseline at any moment.
    baselines = [] if live else _free_baselines(store, sweep, own, [*others, *kept])
    leaving = [sweep, *own, *baselines]
    purged = tuple(run for run in leaving if run in gone)
    arrays = [] if live else free_arrays(store, own, leaving)
    cache = Cache.of(store, own, [run for run in others if run not in baselines], arrays)
    paths = artifact_folders(leaving) if can_collect(store) else []
    return Plan(
        sweep=sweep,
        points=tuple(run for run in own if run not in gone),
        baselines=tuple(run for run in baselines if run not in gone),
        purged=purged,
        versions=versions_of(store, {run.id for run in leaving}),
        cache=cache,
        freed=sum(map(bytes_in, [*paths, *cache.folders])),
    )


def _free_baselines(
    store: Store, sweep: Record, own: Iterable[Record], others: Iterable[Record]
) -> list[Record]:
    """Return the baselines of a sweep's points that nobody else needs."""
    used = {run.tags.get(BASELINE_RUN_ID, "") for run in own}
    used |= set(json.loads(sweep.tags.get(DELETING, "[]")))
    signatures = {run.tags.get(SIGNATURE, "") for run in own} - {""}
    found = [run for run in others if run.kind == Kind.BASELINE]
    found = [run for run in found if run.id in used or run.tags.get(SIGNATURE) in signatures]
    rest = [run for run in others if run.kind != Kind.BASELINE]
    needed = {run.tags.get(BASELINE_RUN_ID, "") for run in rest} | registered_runs(store)
    needed_signatures = {run.tags.get(SIGNATURE, "") for run in rest} - {""}
    return [
        run
        for run in found
        if run.id not in needed and run.tags.get(SIGNATURE) not in needed_signatures
    ]
