"""Run the points of a sweep that a search proposes, and say how it ended."""

import shlex
from collections.abc import Sequence
from contextlib import suppress

from runner.planning.grid import Point
from runner.results.file_words import in_points
from runner.search.forecast import Forecaster
from runner.search.front import Front
from runner.search.search import Search
from runner.search.smallest_file import SmallestFile
from runner.settings import Settings
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.search_source import SearchSource
from runner.sweep.search_space import SearchSpace
from runner.tracking import Run, Store, StoreFailed, few_retries
from runner.tracking.tags import POINTS, SEARCH_END, SEARCH_NEXT

# Where the limit is fewer images than this, chance has a large part in who keeps it.
_FEW = 20


class AdaptiveRun:
    """One attempt at the points of a sweep that may be worth it."""

    def __init__(self, store: Store, run: Run, points: Sequence[Point], dispatch: Dispatch) -> None:
        """Take all points that may be proposed, and what runs them.

        Raises:
            StoreFailed: the store does not answer.
        """
        self._run, self._points, self._dispatch = run, points, dispatch
        self._settings = points[0].settings
        self._space = SearchSpace(points)
        search = _search(self._space, self._settings)
        self._source = SearchSource(store, run.id, self._space, search)

    @property
    def proposed(self) -> list[Point]:
        """The points that were proposed and have ended."""
        return self._source.proposed

    def run(self) -> str:
        """Run the points that are proposed, and return in words how the search ended.

        Raises:
            PointsFailed: some point did not finish, or hours or failures ended the search.
        """
        try:
            self._dispatch.search(self._points, self._source)
        except PointsFailed:
            self._note()
            raise
        words = self._note()
        if not self._source.has_ended:
            raise PointsFailed(words)
        return words

    def _note(self) -> str:
        """Note how the search ended, and return that; whoever stops one does not wait for it."""
        words = self._end()
        self._run.tag(POINTS, str(len(self.proposed)))
        self._run.tag(SEARCH_END, words)
        self._run.tag(SEARCH_NEXT, self._next())
        # The report reads them from the store. These are words only.
        with suppress(StoreFailed), few_retries():
            self._run.flush()
        return words

    def _end(self) -> str:
        stop, tried, total = self._source.stop, len(self.proposed), len(self._points)
        counts = f"{tried} of {total} points"
        if stop is None:
            search, sweep = self._settings.search, self._settings.sweep
            limits = {"search.points": search.points, "sweep.budget_hours": sweep.budget_hours}
            reached = [f"{name}={limit:g}" for name, limit in limits.items() if limit is not None]
            return f"ended after {counts}{': ' * bool(reached)}{', '.join(reached)}"
        if stop.chance is None:
            return f"all {total} points were run"
        return f"stopped after {counts}: {self._nothing_better()}"

    def _nothing_better(self) -> str:
        chance = f"more than a {self._settings.search.stop_below * 100:g} % chance"
        limit = in_points(self._settings.report.max_drop)
        if self._settings.search.goal == "front":
            return f"no other has {chance} to be better at its size by half of {limit}"
        better = "nothing smaller" if self._source.has_file else "no other"
        images = _images(self._source.validation_images, self._settings.report.max_drop)
        return f"{better} has {chance} of keeping {limit}{images}"

    def _next(self) -> str:
        """Return the command of the point that is the likeliest one of those that were not run."""
        stop = self._source.stop
        if stop is None or stop.place is None:
            return ""
        point = self._space.remaining(stop.place, ())[0]
        # That point alone needs no search.
        alone = [each for each in point.overrides if not each.lstrip("+").startswith("search")]
        return shlex.join(["python", "-m", "runner", *alone])


def _images(images: int | None, limit: float) -> str:
    """Say on how many images that is so, where a few of them decide whether the limit is kept."""
    if images is None or images * limit >= _FEW:
        return ""
    return (
        f" on these {images:,} validation images, one of which is {100 / images:.2g} points; "
        "others may choose another file"
    )


def _search(space: SearchSpace, settings: Settings) -> Search:
    limit = settings.report.max_drop
    front = settings.search.goal == "front"
    goal = Front(limit) if front else SmallestFile(space.settings, limit)
    forecaster = Forecaster(space.settings, limit)
    return Search(
        space.settings, goal, forecaster, settings.search.stop_below, settings.search.seed
    )
