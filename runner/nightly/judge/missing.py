"""Find the points and files that good nights had and tonight has not."""

from collections.abc import Iterable, Iterator, Sequence

from runner.nightly.history.points import NightPoint
from runner.nightly.history.records import Night, NightSweep
from runner.nightly.judge.findings import Finding, Kind, scope_text


def missing(tonight: Night, good: Sequence[Night]) -> Iterator[Finding]:
    """Go through what good nights had finished and tonight has neither done nor postponed."""
    names = dict.fromkeys(name for night in good for name in night.sweeps)
    for name in names:
        before = [night.sweeps[name] for night in good if name in night.sweeps]
        if name in tonight.sweeps:
            yield from _missing_points(tonight.sweeps[name], before)
        else:
            yield _missing(name, None, None)


def _missing_points(tonight: NightSweep, good: Sequence[NightSweep]) -> Iterator[Finding]:
    expected: dict[str, dict[str, None]] = {}
    for night in good:
        for name, point in night.points.items():
            if point.finished:
                expected.setdefault(name, {}).update(dict.fromkeys(point.files))
    for name, targets in expected.items():
        if name not in tonight.postponed_points:
            yield from _missing_files(tonight, name, targets)


def _missing_files(tonight: NightSweep, name: str, targets: Iterable[str]) -> Iterator[Finding]:
    point = tonight.points.get(name)
    if point is None:
        yield _missing(tonight.name, name, None)
    elif not point.finished:
        yield _failed(tonight.name, point)
    else:
        for target in targets:
            if target not in point.files:
                yield _missing(tonight.name, name, target)


def _missing(sweep: str, point: str | None, target: str | None) -> Finding:
    text = f"{scope_text(sweep, point, target)}: missing, and there on good nights"
    return Finding(Kind.MISSING, sweep, point, target, None, None, text)


def _failed(sweep: str, point: NightPoint) -> Finding:
    text = f"{scope_text(sweep, point.name, None)}: {point.status}, and FINISHED on good nights"
    return Finding(Kind.FAILED, sweep, point.name, None, None, None, text)
