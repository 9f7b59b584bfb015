"""A file is encoded in a process of its own, and refused only for what the encoding changes."""

import logging
from pathlib import Path

import numpy as np
import pytest

from runner.export.tflm.encoded_file import NotEncoded, can_encode, encoded_file
from runner.settings.targets import Target
from tests.helpers.tflm_files import Dense, dense_file

pytestmark = pytest.mark.skipif(not can_encode(), reason="no wheel of tflite-micro")
PRUNED = np.where(np.random.default_rng(0).random((60, 60)) < 0.9, 0, 3)


def made(folder: Path, content: bytes, images: np.ndarray | None = None) -> bytes:
    source = folder / "source.tflite"
    source.write_bytes(content)
    path = encoded_file(source, Target.TFLM_PRUNED_INT8, folder / "made", images)
    assert path.name == "tflm_pruned_int8.tflite"
    return path.read_bytes()


def test_what_tflite_micro_does_not_run_is_left_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hybrid = dense_file([Dense(PRUNED.astype(np.int8), [0.1], [0])], floats_between=True)
    assert made(tmp_path, hybrid) == hybrid
    (line,) = [record.message for record in caplog.records if record.levelno > logging.INFO]
    assert "which TFLite Micro does not run: " in line
    assert "Input type: FLOAT32 with filter type: INT8 not supported" in line


@pytest.mark.long
def test_its_answers_to_images_count(tmp_path: Path) -> None:
    content = dense_file([Dense(PRUNED.astype(np.float32))])
    assert len(made(tmp_path, content, np.ones((2, 60), np.float32))) < len(content)
    (tmp_path / "made" / "tflm_pruned_int8.tflite").unlink()
    with pytest.raises(NotEncoded, match="reshape"):
        made(tmp_path, content, np.ones((2, 61), np.float32))
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.long
def test_a_damaged_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotEncoded):
        made(tmp_path, b"no file of TFLite")
