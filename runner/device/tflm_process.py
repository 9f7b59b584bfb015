"""Run files by TFLite Micro: `python -m runner.device.tflm_process`, started by tflm.py.

Its interpreter prints what it has to say, and may abort.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.device.answering import answer_all, one_line, printed

# Bytes of the arenas that a file is tried with, one after the other: TFLite Micro does not say
# what it needs before it has got it.
_ARENAS = (1 << 20, 1 << 24, 1 << 28)
_TOO_SMALL = re.compile(r"Failed to (?:resize|allocate)|available \d+, missing")
_TOTAL = re.compile(r"Arena allocation total (\d+) bytes")


def main() -> None:
    """Enter from `tflm.py`."""
    answer_all(_measure)


def _measure(question: Mapping[str, Any], words: Path) -> Mapping[str, Any]:
    try:
        from tflite_micro.python.tflite_micro import runtime
    except ImportError as missing:
        return {"missing": str(missing)}
    try:
        interpreter = _open(runtime, Path(question["path"]).read_bytes(), words)
        _run_once(interpreter)
    except Exception as error:
        return {"refused": printed(words) or one_line(error)}
    interpreter.print_allocations()
    found = _TOTAL.search(words.read_text(errors="replace", encoding="utf-8"))
    answer: dict[str, Any] = {"arena": int(found[1]) if found else None}
    if "images" in question:
        answer |= _agreement(interpreter, question)
    return answer


def _open(runtime: Any, content: bytes, words: Path) -> Any:
    for arena in _ARENAS:
        try:
            return runtime.Interpreter.from_bytes(content, arena_size=arena)
        except RuntimeError:
            said = words.read_text(errors="replace", encoding="utf-8")
            if not _TOO_SMALL.search(said) or arena == _ARENAS[-1]:
                raise
            words.write_text("", encoding="utf-8")
    raise AssertionError


def _run_once(interpreter: Any) -> None:
    import numpy as np

    taken = interpreter.get_input_details(0)
    interpreter.set_input(np.zeros(taken["shape"], taken["dtype"]), 0)
    interpreter.invoke()


def _agreement(interpreter: Any, question: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compare with LiteRT; a file that this cannot be measured of still runs."""
    from runner.device.agreement import agreement

    lite, images = Path(question["litert"]), Path(question["images"])
    try:
        return {"agreement": agreement(interpreter, lite, images, question["seconds"])}
    except Exception as error:
        return {"unmeasured": one_line(error)}


if __name__ == "__main__":
    main()
