"""Make data that a small model learns in a moment, and settings that train it briefly."""

from pathlib import Path

import numpy as np

from runner.data.dataset import Dataset, load
from runner.settings import DatasetSettings


def write_npz(path: Path, images: int = 120, side: int = 8, classes: int = 3) -> Path:
    """Write a data set that a small model learns in a moment: each class lights its own rows."""
    draw = np.random.default_rng(0)
    labels = np.arange(images, dtype=np.uint8) % classes
    pixels = draw.integers(0, 40, (images, side, side), dtype=np.uint8)
    for label in range(classes):
        pixels[labels == label, label * 2 : label * 2 + 2] += 200
    half = images * 3 // 4
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        x_train=pixels[:half],
        y_train=labels[:half],
        x_test=pixels[half:],
        y_test=labels[half:],
    )
    return path


def tiny_dataset(folder: Path) -> Dataset:
    """Write that data set into a folder, and load it."""
    path = write_npz(folder / "tiny.npz")
    return load(DatasetSettings(name="npz", path=path, validation_share=0.1), folder)


def quick(npz: Path) -> list[str]:
    """Choose the tiny data set and as little training as shows anything."""
    return [
        "dataset=npz",
        f"dataset.path={npz}",
        "baseline.epochs=3",
        "baseline.learning_rate=0.01",
        "schedule.epochs=2",
        "baseline.batch_size=8",
        "schedule.batch_size=8",
        "export.representative_images=20",
    ]
