"""Names as outside files and folders may have them, each of which some output would misread.

The payloads are harmless: what runs one would make a file named `marker`.
"""

MARKER = "marker"
# By what it would be misread.
NAMES = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;title\x07",
    "c1": "\x9b31mred",
    "delete": "a\x7fb\bc",
    "formula": "=1+1",
    "command formula": f"@SUM(1)*cmd|'/C touch {MARKER}'!A0",
    "column": "a | b",
    "script": f"<script>document.title='{MARKER}'</script>",
    "end of script": "</script><b>bold</b>",
    "link": '<a href="http://example.com">here</a>',
    "markdown link": "[here](http://example.com) ![x](y)",
    "emphasis": "**bold** _slanted_ ~~gone~~ #1",
    "line break": "first\nsecond",
    "carriage return": "first\rsecond",
    "forged line": "x\n[2026-01-01 00:00:00,000][runner][INFO] - forged",
    "comment": "a # runner.nightly b",
    "percent": "50%d %(name)s %{x} %%",
    "quotes": 'it\'s a "name"',
    "backslash": "a\\b\\n\\",
    "right to left": "\u202egnp.exe\u202c",
    "isolate": "\u2066a\u2069\u200f\u061c",
    "line separator": "a\u2028b\x85c\x1cd",
    "no UTF-8": "caf\udce9 \udcff",
    "lone surrogate": "a\ud800b",
    "markup": "[red]x[/red] [/] :smile:",
    "shell": f"$(touch {MARKER})`touch {MARKER}`;touch {MARKER}",
    "backticks": "``` `x` ``",
    "spaces": " a  b ",
    "long": "x" * 400,
    "ordinary": "Größe 東京 👩‍🚀 e\u0301",
}
# What no terminal, file or log may hold as it is.
HIDDEN = [
    *map(chr, (*range(0x20), *range(0x7F, 0xA0))),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "\ud800",
    "\udce9",
    "\udcff",
]


def hidden_in(text: str) -> list[str]:
    """Name the characters of a text that steer a terminal or hide, other than its line breaks."""
    return [ascii(character) for character in HIDDEN if character in text and character != "\n"]
