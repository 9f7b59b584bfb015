"""Findings go in; plotly's figures, by the name of their picture, come out."""

from collections.abc import Mapping

from plotly.graph_objects import Figure

from runner.report.findings import Findings
from runner.report.pictures.effects import effects
from runner.report.pictures.front import front
from runner.report.pictures.layers import layers


def pictures(findings: Findings) -> Mapping[str, Figure]:
    """Draw every picture that the findings have something for."""
    drawn = {"front": front(findings), "effects": effects(findings), "layers": layers(findings)}
    return {name: figure for name, figure in drawn.items() if figure is not None}
