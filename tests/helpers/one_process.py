"""Run many command lines one after the other in one process: `python -m tests.helpers.one_process`.

They come as JSON on standard input; what became of them goes as JSON to standard output.
"""

import contextlib
import io
import json
import os
import sys

from runner import __main__ as door


def _run(line: list[str]) -> tuple[int, str, str]:
    """Return the exit code of a command line, and what it printed."""
    os.environ.pop("HYDRA_FULL_ERROR", None)
    sys.argv[1:] = line
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            door.main()
        except SystemExit as left:
            code = int(left.code or 0)
    return code, _text(out), _text(err)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


if __name__ == "__main__":
    json.dump([_run(line) for line in json.load(sys.stdin)], sys.stdout)
