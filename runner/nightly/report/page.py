"""Write a night's page: one HTML file, which opens without a network."""

from collections.abc import Sequence

from runner.escaping.html import environment
from runner.nightly.history.past import PastNight
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.trends import trend
from runner.report.svg.picture import figure_of, style


def page(verdict: Verdict, nights: Sequence[PastNight]) -> str:
    """Write the page: the verdict, why, the trends of each sweep, and all nights.

    Args:
        nights: oldest first, tonight the last.
    """
    trends = [trend(nights, sweep) for sweep in verdict.night.sweeps]
    drawn = [figure for figure in trends if figure is not None]
    template = environment("runner.nightly.report").get_template("page.html.j2")
    return template.render(
        verdict=verdict,
        style=style(),
        trends=[figure_of(f"trend-{number}", figure) for number, figure in enumerate(drawn)],
        nights=list(reversed(nights)),
    )
