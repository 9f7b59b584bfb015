"""Answers of the dense model in the cache are used where they are its own, and only there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.errors import Refused
from runner.models import build
from runner.point.context import PointContext
from runner.point.dense_answers import dense_answers
from runner.settings.cache_paths import answers_file
from tests.helpers.project import Configure


def _huge(path: Path) -> None:
    """Claim more answers than any machine holds."""
    with path.open("wb") as file:
        header = {"descr": "<i8", "fortran_order": False, "shape": (10**13,)}
        np.lib.format.write_array_header_1_0(file, header)


def test_answers_that_are_not_of_the_model_are_computed_again(
    settings: Configure, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_repeatable(1, 1)
    context = PointContext.of(settings(), tmp_path)
    data = context.data
    model = build.build(context.settings.architecture, data.shape, data.class_set)
    path = answers_file(context.settings, context.signature, context.measuring)
    path.parent.mkdir(0o700, parents=True)
    honest = dense_answers(context, model)
    whole = path.read_bytes()
    np.testing.assert_array_equal(dense_answers(context, model), honest)
    assert path.read_bytes() == whole
    assert caplog.messages == []
    plants: dict[str, Callable[[], object]] = {
        "the model answers otherwise": lambda: np.save(path, (honest + 1) % 3),
        "not one class an image": lambda: np.save(path, honest[:-1]),
        "are float64 of the shape": lambda: np.save(path, honest.astype(float)),
        "classes that the model does not have": lambda: np.save(path, honest + 7),
        "of the shape (10000000000000,)": lambda: _huge(path),
        "they are object": lambda: np.save(path, np.array([_Touch(tmp_path)] * 30)),
        "ValueError": lambda: path.write_bytes(b"no array"),
    }
    for fault, plant in plants.items():
        caplog.clear()
        plant()
        np.testing.assert_array_equal(dense_answers(context, model), honest)
        assert path.read_bytes() == whole
        (line,) = caplog.messages
        assert fault in line
        assert "asking it again" in line
    assert not (tmp_path / "marker").exists()
    path.chmod(0o666)
    with pytest.raises(Refused, match="can be written by others"):
        dense_answers(context, model)


class _Touch:
    """Writes a marker file when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self._marker = folder / "marker"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self._marker,)
