"""Draw what is on a terminal as a picture, by rich's own export, that needs no network."""

import io
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

# Of letters that are as wide as these, most systems have a font.
_WIDTH_BY_HEIGHT = 0.6
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px monospace; white-space: pre }}
.{unique_id}-title {{ font: bold 18px sans-serif }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def terminal_picture(lines: Sequence[str], width: int, title: str) -> str:
    """Return an SVG.

    Args:
        lines: what each row shows, with the codes of its styles.
        width: in columns.
        title: of the window.
    """
    # Black and white in a file; the colours are those of rich's theme.
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True,
        color_system="standard", legacy_windows=False,
    )  # fmt: skip
    for line in lines:
        console.print(Text.from_ansi(line), no_wrap=True, crop=False)
    return console.export_svg(
        title=title, code_format=_FORMAT, font_aspect_ratio=_WIDTH_BY_HEIGHT, unique_id="terminal"
    )
