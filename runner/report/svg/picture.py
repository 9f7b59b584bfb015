"""Put a drawn figure on a page: its title, and the two widths that it is drawn in."""

from importlib.resources import files

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.escaping.html import environment
from runner.report.svg.drawing import NARROW, WIDE, draw, title_of
from runner.report.svg.element import element


def figure_of(name: str, figure: Figure) -> Markup:
    """Draw a figure for a page that has the style of `style`."""
    title = Markup("{}").format(title_of(figure))
    return element(
        "figure", element("figcaption", title), draw(figure, WIDE), draw(figure, NARROW),
        id=f"figure-{name}",
    )  # fmt: skip


def style() -> Markup:
    """Return the style of pages with pictures: light or dark as the system is, wide or narrow."""
    return Markup((files("runner.report.svg") / "colours.css").read_text("utf-8"))  # noqa: S704


def picture(name: str, figure: Figure) -> str:
    """Write a page of one figure, which opens without a network and has no script."""
    template = environment("runner.report.svg").get_template("picture.html.j2")
    return template.render(title=title_of(figure), style=style(), figure=figure_of(name, figure))
