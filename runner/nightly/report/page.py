"""Write a night's page: one HTML file, which opens without a network."""

from collections.abc import Sequence

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from runner.escaping.html import environment
from runner.nightly.history.past import PastNight
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.trends import trend
from runner.report.charts.style import CONFIG


def page(verdict: Verdict, nights: Sequence[PastNight]) -> str:
    """Write the page: the verdict, why, the trends of each sweep, and all nights.

    Args:
        nights: oldest first, tonight the last.
    """
    trends = [trend(nights, sweep) for sweep in verdict.night.sweeps]
    template = environment("runner.nightly.report").get_template("page.html.j2")
    return template.render(
        verdict=verdict,
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        trends=[
            Markup(figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG))  # noqa: S704
            for figure in trends
            if figure is not None
        ],
        nights=list(reversed(nights)),
    )
