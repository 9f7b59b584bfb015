"""Draw the charts of a report with plotly."""

import logging
from collections.abc import Callable, Mapping

from plotly.graph_objects import Figure

from runner.report.charts.confusion import confusion_chart
from runner.report.charts.curves import curves_chart
from runner.report.charts.effects import effects_chart
from runner.report.charts.layers import layers_chart
from runner.report.charts.pareto import front_chart
from runner.report.contents import Contents

log = logging.getLogger(__name__)

_CHARTS: Mapping[str, Callable[[Contents], Figure | None]] = {
    "front": front_chart,
    "effects": effects_chart,
    "layers": layers_chart,
    "confusion": confusion_chart,
    "curves": curves_chart,
}


def draw_charts(contents: Contents) -> Mapping[str, Figure]:
    """Draw the charts that there is data for, by name; one that fails is left out, and logged."""
    charts: dict[str, Figure] = {}
    for name, draw in _CHARTS.items():
        try:
            figure = draw(contents)
        except Exception:
            log.exception("the chart %s failed", name)
            continue
        if figure is not None:
            charts[name] = figure
    return charts
