"""Ask axe what keeps people from reading a page."""

from importlib.resources import files

from playwright.sync_api import Page


def violations(page: Page) -> list[tuple[str, int]]:
    """Return the rules that a page breaks, each with the number of elements that break it."""
    # The page's policy keeps out scripts of others, and the kit's own are none of the page's.
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    found = page.evaluate(f"() => {{ {axe}; return axe.run(); }}")["violations"]
    return [(each["id"], len(each["nodes"])) for each in found]
