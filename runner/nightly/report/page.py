"""A verdict and the nights up to it go in; one HTML page, which opens offline, comes out."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from runner.nightly.history.past import Past
from runner.nightly.judge.verdict import Verdict
from runner.nightly.report.trends import trend
from runner.report.charts.style import CONFIG


def page(verdict: Verdict, nights: Sequence[Past]) -> str:
    """Write the page: the verdict, why, the trends of each sweep, and all nights.

    Args:
        nights: oldest first, tonight the last.
    """
    environment = Environment(
        loader=PackageLoader("runner.nightly.report", "."),
        autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    drawn = [trend(nights, sweep) for sweep in verdict.night.sweeps]
    return environment.get_template("page.html.j2").render(
        verdict=verdict,
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        parts={
            "Failed": verdict.failures,
            "Worse": [each.text for each in verdict.judgement.findings],
            "Changed since the last good night": verdict.changes,
            "Left for the next night": verdict.left,
        },
        trends=[
            Markup(figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG))  # noqa: S704
            for figure in drawn
            if figure is not None
        ],
        nights=[
            {"night": each.night, "verdict": each.verdict, "accepted": each.accepted, "done": done}
            for each in reversed(nights)
            for done in (_done(each),)
        ],
    )


def _done(past: Past) -> str:
    points = [each for sweep in past.night.sweeps.values() for each in sweep.points.values()]
    left = sum(len(sweep.left) for sweep in past.night.sweeps.values())
    return f"{sum(each.finished for each in points)} of {len(points) + left}"
