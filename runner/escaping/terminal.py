"""Print lines whose names come from outside, so that no character steers the terminal."""

import codecs
import io
import os
import re
import sys
from typing import TextIO

from runner.escaping.unread_output import outlasting

# C0, DEL and C1 (ECMA-48); separators of lines; marks, embeddings, overrides and isolates of
# Unicode's bidirectional algorithm (UAX 9), which show a text in another order; lone surrogates,
# as which Python reads the bytes of a file's name that are no UTF-8 (PEP 383).
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONE = re.compile("[\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What our own lines, and rich's tables, have of characters beyond ASCII. Letters of a name are
# escaped instead: without its accents a path leads elsewhere.
_PLAIN = {"\u2192": "->", "\u2713": "+", "\u2717": "x", "\u2026": "..."}
_ERRORS = "runner.plain"


def visible(text: str) -> str:
    r"""Write what would steer a terminal, or hide, as an escape: `\x1b`, `\u202e`, `\xff`, `\n`."""
    return _HIDDEN.sub(_escape, text)


def visible_lines(text: str) -> str:
    """Do the same with a text of several lines, which stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def encodable(text: str) -> str:
    r"""Write only lone surrogates as escapes, `\xff` for a byte, for no file can hold them."""
    return _LONE.sub(_escape, text)


def prepare_streams(encoding: str | None = None) -> None:
    """Let standard output and error take every character; for one that they lack, a plain one.

    What is printed when nobody reads it any more is left out.

    Args:
        encoding: of what they write from now on; None for the one that they have.
    """
    for name in ("stdout", "stderr"):
        # Of one that was closed, as by `>&-`, the next file that is opened would take the number.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__"):
            setattr(sys, name, outlasting(stream, encoding or stream.encoding, _ERRORS))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors=_ERRORS)


def say(*lines: str, stream: TextIO | None = None) -> None:
    """Print lines, each of which stays one line; characters that the stream lacks become plain."""
    output = stream or sys.stdout
    text = "".join(f"{visible(line)}\n" for line in lines)
    encoding = output.encoding or "utf-8"
    output.write(text.encode(encoding, _ERRORS).decode(encoding))
    output.flush()


def complain(*lines: str) -> None:
    """Print lines on standard error."""
    say(*lines, stream=sys.stderr)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    if number > 0xFF:
        return f"\\u{number:04x}"
    return _SHORT.get(character, f"\\x{number:02x}")


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write the first character that a stream lacks as a plain one, or as an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if character in _PLAIN:
        return _PLAIN[character], error.start + 1
    error.end = error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error(_ERRORS, _plain)
