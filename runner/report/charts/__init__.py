"""Findings go in; plotly's figures, by the name of their picture, come out."""

import logging
from collections.abc import Callable, Mapping

from plotly.graph_objects import Figure

from runner.report.charts.curves import curves
from runner.report.charts.effects import effects
from runner.report.charts.layers import layers
from runner.report.charts.pareto import front
from runner.report.contents import Findings

log = logging.getLogger(__name__)

_PICTURES: Mapping[str, Callable[[Findings], Figure | None]] = {
    "front": front,
    "effects": effects,
    "layers": layers,
    "curves": curves,
}


def pictures(findings: Findings) -> Mapping[str, Figure]:
    """Draw what the findings have something for; a picture that fails takes no other along."""
    drawn: dict[str, Figure] = {}
    for name, draw in _PICTURES.items():
        try:
            figure = draw(findings)
        except Exception:
            log.exception("the picture %s failed", name)
            continue
        if figure is not None:
            drawn[name] = figure
    return drawn
