"""Measure files one after the other in a process of its own, which may die of any of them.

Native code may abort, or never come back: then the file says so, and a new process goes on with
the next one.
"""

import json
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.device.answering import printed
from runner.process import isolated
from runner.process.isolated import Exhausted, Limits

# What a process is asked of one file, and what it answers, as JSON holds it.
Question = Mapping[str, Any]
Answer = Mapping[str, Any]

# In an answer: why there is none.
FAILED = "failed"
# Below: what a process needs to start, and files take at most.
_START_SECONDS, _MEMORY = 60.0, 4 * 10**9
# NumPy starts no threads then, which saves time.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


def ask(module: str, questions: Mapping[str, Question], seconds: float) -> dict[str, Answer]:
    """Ask a module of ours about each file; it answers by `answer_all` of `answering`.

    Args:
        questions: what is asked, by the name of the file.
        seconds: that one file may take.

    Returns:
        An answer for each file; one that its process died of has FAILED, with its last words.

    Raises:
        Fault: the process fails before the first file.
    """
    answers: dict[str, Answer] = {}
    while left := {name: each for name, each in questions.items() if name not in answers}:
        with tempfile.TemporaryDirectory() as folder:
            died = _died(module, left, Path(folder), seconds)
            found = _answers(Path(folder) / "answers")
            answers |= found
            begun = next((name for name in left if name not in found), None)
            if begun is not None:
                words = printed(Path(folder) / "words")
                answers[begun] = {FAILED: "; ".join(filter(None, (died, words)))}
    return answers


def _died(module: str, questions: Mapping[str, Question], folder: Path, seconds: float) -> str:
    """Run the process; returns how it ended before its end, in words."""
    asked = {"questions": questions, "seconds": seconds, "folder": str(folder)}
    limits = Limits(_MEMORY, _START_SECONDS + seconds * len(questions))
    try:
        process = isolated.run(
            module, stdin=json.dumps(asked), environment=_ONE_THREAD, limits=limits
        )
    except Exhausted as reason:
        return str(reason)
    isolated.require_no_fault(process)
    if process.returncode == -signal.SIGALRM:
        return f"took more than {seconds:g} seconds"
    if process.returncode < 0:
        return f"ended its process by {signal.Signals(-process.returncode).name}"
    return f"ended its process with code {process.returncode}"


def _answers(path: Path) -> dict[str, Answer]:
    """Read the answers; the last line may be half written."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    whole = (line for line in text.splitlines(keepends=True) if line.endswith("\n"))
    return {name: answer for line in whole for name, answer in json.loads(line).items()}
