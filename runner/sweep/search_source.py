"""Choose the points of a sweep one after the other, by what came of those before."""

import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from threadpoolctl import threadpool_limits

from runner.planning.grid import Point
from runner.results import choice
from runner.results.correct_rows import with_correct
from runner.results.device_rows import with_device_rows
from runner.results.limits import Limits
from runner.results.rows import Results, read
from runner.search.search import Proposal, Search, Stop
from runner.search.setting import Measured, Tried, smallest
from runner.sweep.search_space import SearchSpace
from runner.tracking import Store, StoreFailed, few_retries

log = logging.getLogger(__name__)


class SearchSource:
    """The points that a search proposes; what it knows is what the store holds.

    Attributes:
        stop: why nothing more is proposed; None as long as something may be.
        proposed: the points that were, in their order, with those that were finished before.
    """

    def __init__(self, store: Store, sweep_run_id: str, space: SearchSpace, search: Search) -> None:
        """Take the points, and what chooses among them."""
        self._store, self._run_id = store, sweep_run_id
        self._space, self._search = space, search
        self._most = space.points[0].settings.search.points
        self._running: set[str] = set()
        self._failed: set[str] = set()
        self._done: set[str] = set()
        self._results: Results | None = None
        self._queue: deque[Point] = deque()
        self.stop: Stop | None = None
        self._read()
        self._queue.extend(space.begun(self._finished))
        first = space.points[0].settings.sweep.first
        self._queue.extend(
            point
            for point in space.points
            if point.name in first and point.fingerprint not in self._finished
        )

    @property
    def proposed(self) -> list[Point]:
        """The points that are finished, or failed."""
        ended = self._finished | self._failed
        return [point for point in self._space.points if point.fingerprint in ended]

    @property
    def has_ended(self) -> bool:
        """Whether the search came to its end, or to the number of points that was set for it."""
        return self.stop is not None or self.is_full

    @property
    def has_file(self) -> bool:
        """Whether any file keeps all limits."""
        limit = self._results.max_drop if self._results else 0.0
        return smallest(list(self._tried().values()), limit) is not None

    @property
    def validation_images(self) -> int | None:
        """How many validation images there are; None where the store does not tell."""
        if self._results is None:
            return None
        one = replace(self._results, rows=self._results.rows[:1])
        with suppress(StoreFailed), few_retries():
            return next(
                (row.images[0] for row in with_correct(self._store, one).rows if row.images), None
            )
        return None

    @property
    def is_full(self) -> bool:
        """Whether as many points were proposed as the settings allow."""
        begun = len(self._finished | self._failed | self._running)
        return self._most is not None and begun >= self._most

    def next(self) -> Point | None:
        """Propose a point; None where there is none, or none before another one has ended."""
        if self.stop or self.is_full:
            return None
        if not self._queue:
            self._propose()
        if self._queue:
            point = self._queue.popleft()
            self._running.add(point.fingerprint)
            return point
        return None

    def put_first(self, points: Sequence[Point]) -> None:
        """Propose these points before any other: an earlier process has begun them."""
        others = [point for point in self._queue if point not in points]
        self._queue = deque([*points, *others])

    def ended(self, point: Point, *, failed: bool) -> None:
        """Note that a point has ended."""
        self._running.discard(point.fingerprint)
        if failed:
            self._failed.add(point.fingerprint)
        else:
            self._failed.discard(point.fingerprint)
            # Also where the store does not answer.
            self._done.add(point.fingerprint)
            self._read()

    def _propose(self) -> None:
        # Matrices of a few dozen rows: more threads than one would wait for each other, and for the
        # workers, which keep all cores busy.
        with threadpool_limits(1):
            found = self._search.next(self._tried(), self._space.places(self._running))
        match found:
            case Stop():
                self.stop = found
            case Proposal(int(place)):
                ended = self._finished | self._failed | self._running
                self._queue.extend(self._space.remaining(place, ended))
            case Proposal():
                pass

    def _read(self) -> None:
        """Read what is finished; where the store does not answer, what was there before counts."""
        try:
            with few_retries():
                results = read(self._store, self._store.get(self._run_id))
                results = with_device_rows(self._store, results, results.request)
                if results.confidence is not None:
                    results = with_correct(self._store, results)
        except StoreFailed as failure:
            log.warning("the search goes on without what is new in the store: %s", failure)
            if self._results is None:
                raise
        else:
            self._results = results

    @property
    def _finished(self) -> set[str]:
        rows = self._results.rows if self._results else ()
        stored = {row.point.fingerprint for row in rows if row.point.status == "FINISHED"}
        return stored | self._done

    def _tried(self) -> Tried:
        """Return what came of each setting all of whose points have ended."""
        ended = self._finished | self._failed
        outcomes: dict[int, dict[str, Measured]] = {
            place: {} for place in self._space.all_of(ended)
        }
        for place, kind, measured in self._measured():
            if place in outcomes:
                outcomes[place][kind] = measured
        return outcomes

    def _measured(self) -> list[tuple[int, str, Measured]]:
        results = self._results
        if results is None:
            return []
        request, confidence = results.request, results.confidence
        others = Limits(None, device=request.device, budgets=request.budgets)
        found = choice.candidates(results.rows, request.device, confidence)
        return [
            (
                self._space.place_of(candidate.file.point.fingerprint),
                str(candidate.file.target),
                Measured(
                    candidate.file.size,
                    _drop(candidate, confidence),
                    not others.broken_by(candidate),
                ),
            )
            for candidate in found
        ]


def _drop(candidate: choice.Candidate, confidence: float | None) -> float:
    """Return the drop that the limit is about."""
    most = candidate.most_drop if confidence is not None else candidate.drop
    return 1.0 if most is None else most
