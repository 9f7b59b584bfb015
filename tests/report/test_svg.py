"""Figures of plotly's as SVG: as plotly itself shows them."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from plotly.graph_objects import Figure, Scatter

from runner.report.charts.style import apply_style
from runner.report.svg.drawing import NARROW, WIDE, Width, draw


def _drawn(x: list[str], y: Sequence[float | None], width: Width = WIDE, **trace: Any) -> str:
    figure = Figure(Scatter(x=x, y=y, mode="lines", **trace))
    figure.update_xaxes(type="category")
    for place, name in enumerate(x):
        if name.startswith("bad"):
            figure.add_vline(x=place, line={"color": "#D55E00", "dash": "dot"})
            figure.add_annotation(
                x=place, y=1, xref="x", yref="y domain", text=name, showarrow=False
            )
    # As rows of plots have it, each with its own domain.
    figure.update_shapes(yref="y domain")
    return str(draw(apply_style(figure, "nights"), width))


def _lines(svg: str) -> list[str]:
    """Return the path of the one trace."""
    (path,) = re.findall(r'<path d="([^"]*)" fill="none" stroke="[^"]*" stroke-width="2"', svg)
    return re.findall(r"M[^M]*", path)


def test_a_line_does_not_lead_over_what_is_not_known() -> None:
    whole, broken = (_lines(_drawn(list("abcd"), y)) for y in ([1, 2, 3, 4], [1, 2, None, 4]))
    assert [part.count("L") for part in whole] == [3]
    assert [part.count("L") for part in broken] == [1, 0]


def test_whiskers_without_a_lower_end_of_their_own_are_as_long_both_ways() -> None:
    svg = _drawn(list("ab"), [1, 2], error_y={"array": [0.1, None]})
    ((_, top, bottom),) = re.findall(r'd="M([\d.]+) ([\d.]+)V([\d.]+)" stroke="currentC', svg)
    height = float(re.findall(r"M[\d.]+ ([\d.]+)L", svg)[0])
    assert abs((float(top) + float(bottom)) / 2 - height) < 0.2


def test_upright_lines_have_their_words_as_far_as_there_is_room() -> None:
    names = [f"night {number}" for number in range(40)]
    names[30:32] = "bad first", "bad second"
    svg = _drawn(names, [1.0] * 40)
    assert svg.count('stroke="var(--c1)"') == 2
    # The later one is the one to be seen.
    assert re.findall(r'class="note">([^<]*)<', svg) == ["bad second"]


def test_turned_names_that_would_touch_are_left_out() -> None:
    names = [f"2026-11-{number:02}" for number in range(1, 31)]
    for width in (WIDE, NARROW):
        places = [
            float(x) for x in re.findall(r"rotate\(-45 ([\d.]+)", _drawn(names, [1.0] * 30, width))
        ]
        assert places
        assert all(after - before >= 13 for before, after in pairwise(places))
