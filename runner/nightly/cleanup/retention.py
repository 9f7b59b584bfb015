"""The runs of the nightly experiment go in; which of them go, and what is kept, come out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.tracking import Kind, Record
from runner.tracking.tags import BASELINE_RUN_ID, PICK

Records = tuple[Record, ...]


@dataclass(frozen=True)
class Held:
    """What the store holds: runs and deleted runs of the experiment, and ids of some of them."""

    runs: Records
    deleted: Records
    # What versions of registered models come from, whatever the experiment.
    registered: frozenset[str]
    # What a process that lives is writing to.
    live: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What goes, and what is kept: nights, and of older ones what stays nevertheless."""

    nights: Records = ()
    sweeps: Records = ()
    points: Records = ()
    baselines: Records = ()
    # Runs that were deleted before, and only take room.
    deleted: Records = ()
    kept: Records = ()
    picks: Records = ()
    registered: Records = ()
    used: Records = ()

    @property
    def runs(self) -> Records:
        """All that is to be deleted, in this order: what is left half way is found again."""
        return self.points + self.sweeps + self.nights + self.baselines


def outdated(held: Held, keep_nights: int) -> Plan:
    """Choose what goes with the nights before the newest `keep_nights`, which is at least 1."""
    nights = sorted(_of(held.runs, Kind.NIGHTLY), key=lambda each: each.started, reverse=True)
    if not nights[:keep_nights]:
        return Plan()
    since = nights[:keep_nights][-1].started
    old = _old(held, since)
    registered = tuple(each for each in old if each.id in held.registered)
    picks = tuple(each for each in old if each.tags.get(PICK) == "true")
    standing = {each.id for each in registered + picks}
    going = [each for each in old if each.id not in standing]
    used = _used(held, {each.id for each in going})
    before = [each for each in _of(held.runs, Kind.BASELINE) if each.started < since]
    return Plan(
        nights=_of(going, Kind.NIGHTLY),
        sweeps=_of(going, Kind.SWEEP),
        points=_of(going, Kind.POINT),
        baselines=tuple(each for each in before if each.id not in used),
        deleted=_forgotten(held, since, used),
        kept=tuple(each for each in nights if each not in going),
        picks=picks,
        registered=registered,
        used=tuple(each for each in before if each.id in used),
    )


def _old(held: Held, since: int) -> list[Record]:
    """Return what belongs to nights that began before, or to nights that are gone."""
    known = {each.id: each for each in held.runs}
    busy = _busy(held, known)
    tops = [(each, _top(each, known)) for each in held.runs]
    # A sweep or point that stands alone on purpose, without a night, is none of these.
    return [
        each
        for each, top in tops
        if (top.parent or _is(top, Kind.NIGHTLY)) and top.started < since and top.id not in busy
    ]


def _forgotten(held: Held, since: int, used: frozenset[str]) -> Records:
    """Return the runs that were deleted, and began, before the nights that are kept."""
    known = {each.id: each for each in held.runs}
    busy = _busy(held, known)
    return tuple(
        each
        for each in held.deleted
        if each.started < since and each.id not in used and _top(each, known).id not in busy
    )


def _used(held: Held, going: set[str]) -> frozenset[str]:
    """Return the ids of baselines, and others, that runs which stay or models refer to."""
    staying = [each for each in held.runs if each.id not in going]
    named = {each.tags.get(BASELINE_RUN_ID, "") for each in staying}
    # A sweep under way may take up any baseline at any moment.
    at_work = any(each.id in held.live and not _is(each, Kind.NIGHTLY) for each in held.runs)
    every = {each.id for each in _of(held.runs, Kind.BASELINE)} if at_work else set()
    return frozenset(named | every) | held.registered | held.live


def _busy(held: Held, known: Mapping[str, Record]) -> set[str]:
    """Return the ids of whatever has a live run in it or is one."""
    both = held.runs + held.deleted
    return {_top(each, known).id for each in both if each.id in held.live}


def _top(run: Record, known: Mapping[str, Record]) -> Record:
    """Return the highest run above this one that is there, maybe itself."""
    while above := known.get(run.parent or ""):
        run = above
    return run


def _of(runs: Iterable[Record], kind: Kind) -> Records:
    return tuple(each for each in runs if _is(each, kind))


def _is(run: Record, kind: Kind) -> bool:
    return run.kind == kind
