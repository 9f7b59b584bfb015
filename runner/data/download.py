"""Download one of Keras' data sets into an .npz file, in a process of its own.

That process is `python -m runner.data.download mnist FILE`: Keras' loaders import TensorFlow, which
the process that plans a sweep must not.
"""

import importlib
import sys
from pathlib import Path

from runner.data import npz
from runner.data.arrays import NAMES
from runner.errors import Refused, is_fault, one_line
from runner.escaping.terminal import complain
from runner.process import isolated


def ensure(name: str, path: Path) -> None:
    """Download a data set into the file at the path, unless it is there already.

    Args:
        name: name of a data set of Keras, as `mnist`.
        path: .npz file to write, with arrays as Keras returns them.

    Raises:
        Refused: it cannot be downloaded; the text names the file to put in place.
    """
    if path.is_file():
        return
    process = isolated.run("runner.data.download", name, str(path))
    isolated.require_no_fault(process)
    if process.returncode != 0:
        reason = (process.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Refused(
            f"dataset={name}: cannot be downloaded ({reason}); put {name}.npz, with the arrays "
            "x_train, y_train, x_test and y_test, into a folder and give it as "
            "dataset.folder=FOLDER or RUNNER_DATA"
        )


def _fetch(name: str, path: Path) -> None:
    loader = importlib.import_module(f"tf_keras.datasets.{name}")
    (x_train, y_train), (x_test, y_test) = loader.load_data()
    npz.write(path, dict(zip(NAMES, (x_train, y_train, x_test, y_test), strict=True)))


if __name__ == "__main__":
    try:
        _fetch(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:
        if is_fault(error):
            raise
        complain(one_line(error))
        sys.exit(isolated.EXPLAINED)
