import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from runner.data import digits
from runner.errors import Refused


def test_digits_are_what_scikit_learn_makes_of_them() -> None:
    published = load_digits()
    images, labels = published.images / 16, published.target
    expected = train_test_split(images, labels, test_size=0.2, random_state=0, stratify=labels)
    read = digits.read()
    for array, same in zip(
        (read.x_train, read.x_test, read.y_train, read.y_test), expected, strict=True
    ):
        assert array.dtype == same.dtype
        np.testing.assert_array_equal(array, same)


def test_a_missing_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("raise AssertionError('it is not run')")
    monkeypatch.delitem(sys.modules, "sklearn")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Refused, match=r"^dataset=digits: .*digits\.csv\.gz, .* \(No such file"):
        digits.read()
