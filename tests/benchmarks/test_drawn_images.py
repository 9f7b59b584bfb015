"""Drawn data sets are what the runner reads."""

from pathlib import Path

import numpy as np

from benchmarks.fixtures.drawn_images import write_images
from runner.data.npz import read


def test_a_drawn_data_set_is_read(tmp_path: Path) -> None:
    write_images(tmp_path / "drawn.npz", 510, 6)
    arrays = read(tmp_path / "drawn.npz", "dataset.path", tmp_path)
    assert (arrays.x_train.shape, arrays.x_test.shape) == ((408, 6, 6, 3), (102, 6, 6, 3))
    shades = [arrays.x_train[arrays.y_train == label].mean() for label in range(4)]
    np.testing.assert_allclose(np.diff(shades), 40, atol=2)
