"""Print sentences on lines that a terminal does not break within a word."""

from collections.abc import Iterable
from textwrap import wrap

from rich.console import Console

from runner.escaping.terminal import say


def say_wrapped(console: Console, sentences: Iterable[str]) -> None:
    """Give each sentence lines of its own, which on a terminal break between words only."""
    for sentence in sentences:
        width = console.width if console.is_terminal else len(sentence)
        # Names of files and points stay whole, and a number stays with its percent.
        whole = sentence.replace(" %", "\u00a0%")
        # A name from outside that is broken cannot begin a line as one of the log's begins.
        lines = wrap(
            whole, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        say(*(line.replace("\u00a0%", " %") for line in lines))
