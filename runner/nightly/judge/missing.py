"""Tonight's sweeps and those of good nights go in; the points and files that are gone come out."""

from collections.abc import Iterator, Sequence

from runner.nightly.history.records import Night, NightPoint, NightSweep
from runner.nightly.judge.findings import Finding, Kind, place


def gone(tonight: Night, good: Sequence[Night]) -> Iterator[Finding]:
    """Go through what good nights had finished and tonight has not, but for what it left."""
    names = dict.fromkeys(name for night in good for name in night.sweeps)
    for name in names:
        before = [night.sweeps[name] for night in good if name in night.sweeps]
        if name in tonight.sweeps:
            yield from _gone_points(tonight.sweeps[name], before)
        else:
            yield _missing(name, None, None)


def _gone_points(tonight: NightSweep, good: Sequence[NightSweep]) -> Iterator[Finding]:
    had: dict[str, dict[str, None]] = {}
    for night in good:
        for name, then in night.points.items():
            if then.finished:
                had.setdefault(name, {}).update(dict.fromkeys(then.files))
    for name, targets in had.items():
        if name in tonight.left:
            continue
        point = tonight.points.get(name)
        if point is None:
            yield _missing(tonight.name, name, None)
        elif not point.finished:
            yield _failed(tonight.name, point)
        else:
            absent = [target for target in targets if target not in point.files]
            yield from (_missing(tonight.name, name, target) for target in absent)


def _missing(sweep: str, point: str | None, target: str | None) -> Finding:
    where = place(sweep, point, target)
    text = f"{where}: missing, and there on good nights"
    return Finding(Kind.MISSING, sweep, point, target, None, None, text)


def _failed(sweep: str, point: NightPoint) -> Finding:
    text = f"{place(sweep, point.name, None)}: {point.status}, and FINISHED on good nights"
    return Finding(Kind.FAILED, sweep, point.name, None, None, None, text)
