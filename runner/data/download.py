"""The name of one of Keras' data sets and a path go in; an .npz file at that path comes out.

It runs as a process of its own (`python -m runner.data.download mnist FILE`), because Keras'
loaders import TensorFlow and the process that asks must not.
"""

import importlib
import os
import sys
from pathlib import Path

import numpy as np

from runner.errors import Refused, one_line
from runner.process import isolated


def ensure(name: str, path: Path) -> None:
    """Put the data set at the path, unless it is there already.

    Raises:
        Refused: it cannot be downloaded; the text names the file to put in place.
    """
    if path.is_file():
        return
    done = isolated.run("runner.data.download", name, str(path))
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Refused(
            f"dataset={name}: cannot be downloaded ({reason}); put {name}.npz, with the arrays "
            "x_train, y_train, x_test and y_test, into a folder and give it as "
            "dataset.folder=FOLDER or RUNNER_DATA"
        )


def _fetch(name: str, path: Path) -> None:
    loader = importlib.import_module(f"tf_keras.datasets.{name}")
    (x_train, y_train), (x_test, y_test) = loader.load_data()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        np.savez(file, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    aside.replace(path)


if __name__ == "__main__":
    try:
        _fetch(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:
        sys.exit(one_line(error))
