"""Write names from outside into Markdown, where they begin no markup, no HTML and no link."""

import re

from runner.escaping.terminal import visible

# What CommonMark and its tables and strikethroughs (GitHub's dialect) give a meaning anywhere.
_ANYWHERE = re.compile(r"[\\`*\[\]#|~]")
# Inside of a word an underscore is only an underscore.
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
# Lists at the beginning of a line.
_BULLET = re.compile(r"^(\s*)([-+])(?=\s|$)")
_NUMBER = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")
# What becomes a link by itself: addresses and e-mail, which other dialects also recognize.
_LINKS = (("://", "&#58;//"), ("www.", "www&#46;"), ("@", "&#64;"))
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def plain(text: str) -> str:
    """Escape a text so that a page shows it as it is, in one line, in a table too."""
    line = visible(text)
    for character, entity in _ENTITIES:
        line = line.replace(character, entity)
    line = _UNDERSCORE.sub(r"\\_", _ANYWHERE.sub(r"\\\g<0>", line))
    line = _NUMBER.sub(r"\1\\\2", _BULLET.sub(r"\1\\\2", line))
    for link, entity in _LINKS:
        line = line.replace(link, entity)
    return line


def code(text: str) -> str:
    """Write a text as code, which can be copied as it is; no cell of a table holds it."""
    line = visible(text)
    if not line:
        return ""
    longest = max((len(ticks) for ticks in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    # A space at both ends is taken away again.
    padding = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{fence}{padding}{line}{padding}{fence}"
