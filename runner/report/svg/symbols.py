"""Outline the marks of a chart."""

import math
from collections.abc import Sequence

_CORNERS = {"triangle-up": 3, "pentagon": 5, "hexagon2": 6, "diamond": 4}
_POINTS = {"star": 5, "hexagram": 6}
_TURNED = {"triangle-down": 180.0, "triangle-left": -90.0, "triangle-right": 90.0}


def outline(symbol: str, x: float, y: float, radius: float) -> str:
    """Return the path of a mark around a place, in pixels.

    Args:
        symbol: plotly's name of it, with or without -open.
    """
    name = symbol.removesuffix("-open")
    if name == "square":
        side = radius * 1.8
        return f"M{x - side / 2:.1f} {y - side / 2:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}z"
    if name == "cross":
        return _cross(x, y, radius)
    if name in _POINTS:
        return _polygon(x, y, [radius * 1.25, radius * 0.55] * _POINTS[name], 0)
    if name in _TURNED:
        return _polygon(x, y, [radius * 1.15] * 3, _TURNED[name])
    if name in _CORNERS:
        return _polygon(x, y, [radius * 1.15] * _CORNERS[name], 0)
    around = f"a{radius:.1f} {radius:.1f} 0 1 0"
    return f"M{x - radius:.1f} {y:.1f}{around} {2 * radius:.1f} 0{around} {-2 * radius:.1f} 0z"


def _polygon(x: float, y: float, radii: Sequence[float], turned: float) -> str:
    corners = []
    for number, radius in enumerate(radii):
        angle = math.radians(360 * number / len(radii) + turned - 90)
        corners.append(f"{x + radius * math.cos(angle):.1f} {y + radius * math.sin(angle):.1f}")
    return f"M{'L'.join(corners)}z"


def _cross(x: float, y: float, radius: float) -> str:
    arm, third = radius, radius * 2 / 3
    right, down = f"h{third:.1f}", f"v{third:.1f}"
    left, up = f"h{-third:.1f}", f"v{-third:.1f}"
    start = f"M{x - third / 2:.1f} {y - arm:.1f}"
    return f"{start}{right}{down}{right}{down}{left}{down}{left}{up}{left}{up}{right}z"
