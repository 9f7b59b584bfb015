"""Ask a question on the terminal."""

import sys

from runner.escaping.terminal import say


def can_ask() -> bool:
    """Tell whether somebody reads a question, and can answer it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def agreed(question: str) -> bool:
    """Ask; only a word of agreement is one, and the end of the input is none."""
    say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
