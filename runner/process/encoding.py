"""Read and write UTF-8 in this process, and in those that it starts, whatever the locale says."""

import codecs
import locale
import os
import sys

# For a process whose output is read by one of ours.
UTF8 = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def use_utf8() -> None:
    """Begin this process anew in Python's UTF-8 mode, unless it reads names and files so already.

    Libraries open files without naming an encoding. The terminal keeps its own. Source of the mode:
    PEP 540, which has it on by itself in the locales C and POSIX.
    """
    if all(map(_is_utf8, (sys.getfilesystemencoding(), locale.getpreferredencoding(False)))):
        return
    os.environ["PYTHONUTF8"] = "1"
    # Whoever has closed the output has no stream there.
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def _is_utf8(name: str) -> bool:
    return codecs.lookup(name).name == "utf-8"
