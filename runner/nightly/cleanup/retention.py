"""Choose which runs of the nightly experiment to delete, and which to keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.tracking import Kind, Record
from runner.tracking.tags import BASELINE_RUN_ID, PICK

Records = tuple[Record, ...]


@dataclass(frozen=True)
class StoreContents:
    """The runs and the deleted runs of the experiment, and the ids of some of them.

    `registered` are those that versions of registered models come from, whatever the experiment;
    `live` those that a live process writes to.
    """

    runs: Records
    deleted: Records
    registered: frozenset[str]
    live: frozenset[str]

    @property
    def sweeps_run(self) -> bool:
        """Whether a sweep or a point is live, which may use what is in the cache at any moment."""
        return any(run.id in self.live and run.kind != Kind.NIGHTLY for run in self.runs)


@dataclass(frozen=True)
class Plan:
    """The runs to delete, by kind, and those to keep.

    `purged` are runs deleted before, which still take room. Kept are the newest nights, and of
    older ones the picks, the registered runs and the baselines in use.
    """

    nights: Records = ()
    sweeps: Records = ()
    points: Records = ()
    baselines: Records = ()
    purged: Records = ()
    kept_nights: Records = ()
    kept_picks: Records = ()
    kept_registered: Records = ()
    kept_baselines: Records = ()

    @property
    def runs(self) -> Records:
        """All runs to delete, in this order: an interrupted deletion can be taken up again."""
        return self.points + self.sweeps + self.nights + self.baselines


def plan_deletion(contents: StoreContents, keep_nights: int) -> Plan:
    """Choose what to delete with the nights before the newest `keep_nights`, at least 1."""
    nights = sorted(
        _of_kind(contents.runs, Kind.NIGHTLY), key=lambda night: night.started, reverse=True
    )
    if not nights[:keep_nights]:
        return Plan()
    since = nights[:keep_nights][-1].started
    old = _old(contents, since)
    registered = tuple(run for run in old if run.id in contents.registered)
    picks = tuple(run for run in old if run.tags.get(PICK) == "true")
    staying = {run.id for run in registered + picks}
    leaving = [run for run in old if run.id not in staying]
    needed = _needed(contents, {run.id for run in leaving})
    baselines = [run for run in _of_kind(contents.runs, Kind.BASELINE) if run.started < since]
    return Plan(
        nights=_of_kind(leaving, Kind.NIGHTLY),
        sweeps=_of_kind(leaving, Kind.SWEEP),
        points=_of_kind(leaving, Kind.POINT),
        baselines=tuple(run for run in baselines if run.id not in needed),
        purged=_purged(contents, since, needed),
        kept_nights=tuple(run for run in nights if run not in leaving),
        kept_picks=picks,
        kept_registered=registered,
        kept_baselines=tuple(run for run in baselines if run.id in needed),
    )


def _old(contents: StoreContents, since: int) -> list[Record]:
    """Return what belongs to nights that began before, or to nights that are no longer there."""
    runs_by_id = {run.id: run for run in contents.runs}
    live = _live_tops(contents, runs_by_id)
    tops = [(run, _top(run, runs_by_id)) for run in contents.runs]
    # A sweep or point without a parent, which was not part of a night, is none of these.
    return [
        run
        for run, top in tops
        if (top.parent or top.kind == Kind.NIGHTLY) and top.started < since and top.id not in live
    ]


def _purged(contents: StoreContents, since: int, needed: frozenset[str]) -> Records:
    """Return the runs that were deleted, and began, before the nights that are kept."""
    runs_by_id = {run.id: run for run in contents.runs}
    live = _live_tops(contents, runs_by_id)
    return tuple(
        run
        for run in contents.deleted
        if run.started < since and run.id not in needed and _top(run, runs_by_id).id not in live
    )


def _needed(contents: StoreContents, leaving: set[str]) -> frozenset[str]:
    """Return the ids of baselines, and others, that runs which stay or models refer to."""
    staying = [run for run in contents.runs if run.id not in leaving]
    baselines = {run.tags.get(BASELINE_RUN_ID, "") for run in staying}
    # A running sweep may use any baseline at any moment.
    if contents.sweeps_run:
        baselines |= {run.id for run in _of_kind(contents.runs, Kind.BASELINE)}
    return frozenset(baselines) | contents.registered | contents.live


def _live_tops(contents: StoreContents, runs_by_id: Mapping[str, Record]) -> set[str]:
    """Return the ids of the highest runs that are live, or have a live run under them."""
    runs = contents.runs + contents.deleted
    return {_top(run, runs_by_id).id for run in runs if run.id in contents.live}


def _top(run: Record, runs_by_id: Mapping[str, Record]) -> Record:
    """Return the highest run above this one that is there, maybe itself."""
    while parent := runs_by_id.get(run.parent or ""):
        run = parent
    return run


def _of_kind(runs: Iterable[Record], kind: Kind) -> Records:
    return tuple(run for run in runs if run.kind == kind)
