"""Count the images to which TFLite Micro and LiteRT give the same class."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from runner.measure.quantization import classes_of, quantize_images


def agreement(micro: Any, path: Path, images_path: Path, seconds: float) -> float | None:
    """Return the share of images, from 0 to 1, to which both give the same class.

    Args:
        micro: TFLite Micro's interpreter of a file.
        path: what LiteRT runs: the file, or the one that it was made from.
        images_path: a .npy file with float32, shape (N, ...), as the files take them.
        seconds: after which no more images are run; the first batch always is.

    Returns:
        None without images.
    """
    lite = Interpreter(str(path), num_threads=1)
    lite.allocate_tensors()
    (taken,), (given,) = lite.get_input_details(), lite.get_output_details()
    images = np.load(images_path, mmap_mode="r")
    size = int(taken["shape"][0])
    rows: list[tuple[NDArray[Any], NDArray[Any]]] = []
    end = time.monotonic() + seconds
    for start in range(0, len(images), size):
        if rows and time.monotonic() > end:
            break
        batch = images.take(range(start, start + size), axis=0, mode="wrap")
        values = np.ascontiguousarray(quantize_images(batch, taken).reshape(taken["shape"]))
        count = min(size, len(images) - start)
        answers = (_micro(micro, values), _lite(lite, values, taken, given))
        rows.append((answers[0][:count], answers[1][:count]))
    if not rows:
        return None
    logits = not _gives_probability(path)
    first, second = (
        classes_of(np.concatenate(scores), given, logits) for scores in zip(*rows, strict=True)
    )
    return float(np.mean(first == second))


def _micro(interpreter: Any, values: NDArray[Any]) -> NDArray[Any]:
    interpreter.set_input(values, 0)
    interpreter.invoke()
    return np.asarray(interpreter.get_output(0))


def _lite(interpreter: Any, values: NDArray[Any], taken: Any, given: Any) -> NDArray[Any]:
    interpreter.set_tensor(taken["index"], values)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(given["index"]))


def _gives_probability(path: Path) -> bool:
    """Tell whether a file ends with sigmoid; which of the two matters for one number only."""
    file = schema.Model.GetRootAs(path.read_bytes(), 0)
    codes = [file.OperatorCodes(index) for index in range(file.OperatorCodesLength())]
    used = {max(code.DeprecatedBuiltinCode(), code.BuiltinCode()) for code in codes}
    return schema.BuiltinOperator.LOGISTIC in used
