"""Answer questions about files, in a process that any of them may end."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Of what native code prints, so many characters are kept.
_WORDS = 500
# Measures a file; the path is of what native code prints meanwhile.
Measure = Callable[[Mapping[str, Any], Path], Mapping[str, Any]]


def answer_all(measure: Measure) -> None:
    """Answer what standard input asks, a line of JSON for each file, as soon as it is known."""
    asked = json.loads(sys.stdin.read())
    folder = Path(asked["folder"])
    words = folder / "words"
    with (folder / "answers").open("w", encoding="utf-8") as answers, _stderr_to(words):
        for name, question in asked["questions"].items():
            os.truncate(words, 0)
            # Ends the process even where native code does not come back.
            signal.setitimer(signal.ITIMER_REAL, asked["seconds"])
            answer = measure(question, words)
            signal.setitimer(signal.ITIMER_REAL, 0)
            answers.write(json.dumps({name: answer}) + "\n")
            answers.flush()


def one_line(error: Exception) -> str:
    """Fold the text of an error into one line; importing errors.py would take time here."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_WORDS]


def printed(path: Path) -> str:
    """Read what native code has printed in one line, at most so long that a table can hold it."""
    text = path.read_text(errors="replace", encoding="utf-8") if path.is_file() else ""
    lines = (line.strip().rstrip(".") for line in text.splitlines())
    return "; ".join(filter(None, lines))[:_WORDS]


@contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """Write what native code prints into a file, so that its last words outlive the process."""
    terminal = os.dup(2)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
