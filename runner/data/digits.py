"""Read the digits that scikit-learn ships, without its import, which takes a second."""

import gzip
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.data.arrays import Arrays
from runner.errors import Refused

_SIDE = 8
# The pixels are counts from 0 to this.
_MOST = 16
_TEST_SHARE = 0.2
Numbers = NDArray[np.int64]


def read() -> Arrays:
    """Read the 1,797 images of 8 x 8 pixels, a fifth of them for the test.

    These are the arrays of `sklearn.datasets.load_digits`, divided as
    `sklearn.model_selection.train_test_split` divides them with `random_state=0`, `test_size=0.2`
    and `stratify`.

    Raises:
        Refused: scikit-learn, or its file of digits, is not there or unreadable.
    """
    rows = _rows(_file())
    images, labels = rows[:, :-1].reshape(-1, _SIDE, _SIDE) / _MOST, rows[:, -1].astype(np.int64)
    train, test = _divide(labels)
    return Arrays(images[train], labels[train], images[test], labels[test])


def _file() -> Path:
    # The package is found, not run.
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise Refused("dataset=digits: its images come with scikit-learn, which is not installed")
    return Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"


def _rows(path: Path) -> NDArray[Any]:
    try:
        with gzip.open(path, "rt", encoding="ascii") as lines:
            return np.loadtxt(lines, delimiter=",")
    except OSError as error:
        reason = error.strerror or error
        raise Refused(
            f"dataset=digits: {path}, which comes with scikit-learn, cannot be read ({reason})"
        ) from None


def _divide(labels: Numbers) -> tuple[Numbers, Numbers]:
    """Return the rows to train on and to test on, with the classes in the same proportions."""
    random = np.random.RandomState(0)
    counts = np.bincount(labels)
    tested = int(np.ceil(_TEST_SHARE * len(labels)))
    train_shares = _shares(counts, len(labels) - tested, random)
    test_shares = _shares(counts - train_shares, tested, random)
    train, test = [], []
    for label, (first, second) in enumerate(zip(train_shares, test_shares, strict=True)):
        rows = np.flatnonzero(labels == label)[random.permutation(counts[label])]
        train.append(rows[:first])
        test.append(rows[first : first + second])
    return random.permutation(np.concatenate(train)), random.permutation(np.concatenate(test))


def _shares(counts: Numbers, number: int, random: np.random.RandomState) -> Numbers:
    """Divide a number in proportion to counts; what is left goes to the largest remainders."""
    exact = counts / counts.sum() * number
    shares: Numbers = np.floor(exact).astype(np.int64)
    remainders = exact - shares
    while (missing := number - int(shares.sum())) > 0:
        largest = np.flatnonzero(remainders == remainders.max())
        shares[random.choice(largest, min(len(largest), missing), replace=False)] += 1
        remainders[largest] = -1
    return shares
