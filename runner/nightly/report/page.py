"""Write a night's page: one HTML file, which opens without a network."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from runner.nightly.history.past import PastNight
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.trends import trend
from runner.report.charts.style import CONFIG


def page(verdict: Verdict, nights: Sequence[PastNight]) -> str:
    """Write the page: the verdict, why, the trends of each sweep, and all nights.

    Args:
        nights: oldest first, tonight the last.
    """
    environment = Environment(
        loader=PackageLoader("runner.nightly.report", "."),
        autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    trends = [trend(nights, sweep) for sweep in verdict.night.sweeps]
    return environment.get_template("page.html.j2").render(
        verdict=verdict,
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        trends=[
            Markup(figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG))  # noqa: S704
            for figure in trends
            if figure is not None
        ],
        nights=list(reversed(nights)),
    )
