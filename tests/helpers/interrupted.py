"""Start something that is killed in the middle, and compare it with what nothing happened to."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.processes import end_tree
from tests.helpers.stores import artifacts_in, figures_in

Start = Callable[[Path], "subprocess.Popen[str]"]


@contextmanager
def starting(arguments: Callable[[Path], Sequence[str]]) -> Iterator[Start]:
    """Give what starts Python with these arguments in a folder; what is left is killed after it."""
    processes: list[subprocess.Popen[str]] = []

    def run(folder: Path) -> "subprocess.Popen[str]":
        folder.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, *arguments(folder)],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield run
    for process in processes:
        end_tree(process)


def require_alike(one: Path, other: Path) -> None:
    """Require that the stores in two folders hold the same figures and artifacts."""
    for kind in ("baseline", "point"):
        assert figures_in(one, kind) == figures_in(other, kind)
        assert artifacts_in(one, kind) == artifacts_in(other, kind)
