"""Define what proposes the points of a sweep while it runs."""

from collections.abc import Sequence
from typing import Protocol

from runner.planning.grid import Point


class PointSource(Protocol):
    """What proposes one point after the other, by what came of those before."""

    def next(self) -> Point | None:
        """Propose a point; None where there is none, or none before another one has ended."""

    def put_first(self, points: Sequence[Point]) -> None:
        """Propose these points before any other: an earlier process has begun them."""

    def ended(self, point: Point, *, failed: bool) -> None:
        """Note that a point has ended."""
