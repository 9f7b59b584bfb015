"""Read what the champion's file is: its figures, its baseline, and what the device makes of it."""

from dataclasses import replace

from runner.completion.asked import Asked
from runner.completion.complete import complete
from runner.device.request import Request
from runner.errors import RunnerError
from runner.results import choice
from runner.results.correct_rows import with_correct
from runner.results.file import File
from runner.results.limits import Limits
from runner.results.rows import Results, alike, by_data, read
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Store, StoreFailed
from runner.tracking.champion import Champion


class Unknown(RunnerError):
    """Nothing is known of the champion that a file could be compared with."""


def champion_file(store: Store, champion: Champion, limits: Limits) -> choice.Candidate:
    """Read the champion's file, with those of the other seeds, as its own sweep judges it.

    What the device of the limits needs and nobody has measured is measured.

    Raises:
        Unknown: its run or its sweep is gone, or it was registered by another program.
        StoreFailed: the store does not answer.
    """
    point = _run(store, champion.run_id, "run")
    if point.kind != Kind.POINT or champion.target not in set(Target):
        raise Unknown("it is no file of a sweep")
    own = _store_of(store, point)
    sweep = _run(own, point.parent or "", "sweep")
    request = Request((limits.device,), limits.budgets)
    results = _measured(own, read(own, sweep), point, Target(champion.target), request)
    found = choice.candidates(with_correct(own, results).rows, limits.device, limits.confidence)
    for candidate in found:
        if any(_is(file, point, champion.target) for file in candidate.files):
            return candidate
    raise Unknown("its sweep has no such file any more")


def file_of(candidate: choice.Candidate, champion: Champion) -> File:
    """Return the file that the champion is, which need not be the one of the median seed."""
    return next(file for file in candidate.files if file.point.id == champion.run_id)


def _measured(
    store: Store, results: Results, point: Record, target: Target, request: Request
) -> Results:
    """Give the runs of the champion's setting what the device needs, and leave the others."""
    mine = [row for row in results.rows if alike(row.point) == alike(point)]
    asked = Asked((), (target,))
    done = complete(store, replace(results, rows=tuple(mine)), request, asked)
    by_id = {row.point.id: row for row in done.rows}
    rows = [by_id.get(row.point.id, row) for row in results.rows]
    same_data = [group for group in by_data(rows) if point.id in {row.point.id for row in group}]
    return replace(results, rows=tuple(row for group in same_data for row in group))


def _store_of(store: Store, record: Record) -> Store:
    """Return the store with the experiment of a run, which another command may have been given."""
    if record.experiment_id == store.experiment_id:
        return store
    return Store(store.uri, store.experiment_of(record))


def _run(store: Store, run_id: str, what: str) -> Record:
    if not run_id:
        raise Unknown(f"no {what} is known of it")
    try:
        return store.get(run_id)
    except StoreFailed as failure:
        if failure.code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise Unknown(f"its {what} is gone from the store") from None


def _is(file: File, point: Record, target: str) -> bool:
    return file.point.id == point.id and file.target == target
