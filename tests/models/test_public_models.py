"""Models that other people published, fed as their authors feed them, and otherwise."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runner.backend import keras, make_repeatable
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import Command
from tests.helpers.stores import runs_in

Array = np.ndarray[Any, Any]
_Given = tuple[Path, Array, Array, Array]
_PACKAGES = Path(__file__).with_name("public_models.txt")
# In the order of the chess model's outputs: a bishop, an empty square, a king, and so on.
_PIECES = "bB1kKnNpPqQrR"


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked packages; nothing of them is installed or run."""
    folder = tmp_path_factory.mktemp("public")
    options = ["--no-deps", "--require-hashes", "--no-build-isolation", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "-r", str(_PACKAGES), "-d", folder],
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"the package index does not give them: {done.stderr.strip()[-300:]}")
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder)
    for archive in folder.glob("*.tar.gz"):
        shutil.unpack_archive(archive, folder, filter="data")
    return folder


def _chess(packages: Path) -> _Given:
    """The tiles of the author's own test image, which shows the beginning of a game.

    Returns:
        The model, tiles of 50x50 pixels, what is on them, and what the model answers when it is fed
        as the author's code does: pixels from 0 to 255.
    """
    package = packages / "board_to_fen-0.1.1"
    path = package / "board_to_fen" / "saved_models" / "november_model"
    board = Image.open(package / "test_images" / "test_image1.png")
    pixels = np.asarray(board.resize((400, 400), Image.Resampling.NEAREST).convert("RGB"))
    tiles = pixels.reshape(8, 50, 8, 50, 3).swapaxes(1, 2).reshape(64, 50, 50, 3)
    squares = "rnbqkbnr" + "p" * 8 + "1" * 32 + "P" * 8 + "RNBQKBNR"
    labels = np.array([_PIECES.index(square) for square in squares])
    answers = keras.models.load_model(path, compile=False).predict(tiles * 1.0, verbose=0)
    return path, tiles, labels, answers.argmax(-1)


def _emotions(packages: Path) -> _Given:
    """Blurred shapes: no labelled faces come with the model, so its own answers are the labels.

    Returns:
        The model, images of 64x64 pixels, their labels, and what the model answers when it is fed
        as the author's code does: grey values from -1 to 1.
    """
    path = packages / "fer" / "data" / "emotion_model.hdf5"
    draw = np.random.default_rng(0)
    coarse = draw.integers(0, 256, (240, 6, 6), dtype=np.uint8)
    images = np.stack(
        [
            np.asarray(Image.fromarray(each).resize((64, 64), Image.Resampling.BICUBIC))
            for each in coarse
        ]
    )
    fed = (images[..., None] / 255 - 0.5) * 2
    answers = keras.models.load_model(path, compile=False).predict(fed, verbose=0).argmax(-1)
    return path, images, answers, answers


@pytest.mark.long
@pytest.mark.parametrize(
    ("prepare", "scale", "wrong"), [(_chess, "0..255", "0..1"), (_emotions, "-1..1", "0..255")]
)
def test_a_public_model_is_fed_as_its_author_does(
    prepare: Callable[[Path], _Given], scale: str, wrong: str, packages: Path, command: Command
) -> None:
    path, images, labels, answers = prepare(packages)
    np.savez("own.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    settings = [
        *("architecture=keras_file", f"architecture.path={path}", "dataset=npz"),
        *("dataset.path=own.npz", "schedule.epochs=1", "schedule.batch_size=16"),
        # One of them is a SavedModel.
        f"architecture.trust={str(path.is_dir()).lower()}",
        *("schedule.initial_sparsity=0.1", "schedule.final_sparsity=0.3"),
        *("export.targets=[h5,tflite_float32]", "schedule.learning_rate=0.0001"),
    ]
    refused = command(*settings, f"dataset.scale={wrong}")
    assert refused.returncode == 2, refused.stderr
    assert f"dataset.scale={scale}" in refused.stderr
    done = command(*settings, f"dataset.scale={scale}")
    assert done.returncode == 0, done.stderr
    (baseline,) = runs_in(Path.cwd(), "baseline")
    (point,) = runs_in(Path.cwd(), "point")
    for target in ("h5", "tflite_float32"):
        assert baseline.metrics[f"accuracy/{target}"] == pytest.approx(np.mean(answers == labels))
        assert point.metrics[f"accuracy/{target}"] > 0.6
