"""Show names from outside as text on pages: in templates, and in what plotly draws."""

from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runner.escaping.terminal import visible


def environment(package: str) -> Environment:
    """Return what fills the templates of a package: every text is escaped, and none hides."""
    return Environment(
        loader=PackageLoader(package, "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_finalize,
    )  # fmt: skip


def chart_text(text: str) -> str:
    """Escape a text for plotly, which reads some HTML in every text that it draws.

    Titles, names of traces, hovers, annotations, and values on an axis of categories are such
    texts (plotly.com/chart-types, "Text and annotations"). What a hover template itself fills in
    is one too.
    """
    return escape(visible(text), quote=False).replace("%{", "%&#123;")


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
