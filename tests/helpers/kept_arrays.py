"""Have a data set unpacked into a cache, as those are that are larger than the memory."""

import os
from pathlib import Path

import pytest

from runner.data import npz_bounds
from runner.data.dataset import Dataset, load
from runner.settings import DatasetSettings
from tests.helpers.tiny import write_npz


def unpacked(cache: Path, images: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Dataset, Path]:
    """Return a data set of so many images, and the folder of its arrays in the cache."""
    monkeypatch.setattr(npz_bounds, "_LARGE", 0)
    path = write_npz(cache.parent / f"{images}.npz", images)
    before = set(cache.glob("datasets/*"))
    data = load(DatasetSettings(name="npz", path=path, validation_share=0.1), cache)
    (folder,) = (made for made in set(cache.glob("datasets/*")) - before if made.is_dir())
    return data, folder


def age(folder: Path, days: int) -> None:
    """Let a folder of arrays, or one half made, be as if it had not been used for so many days."""
    index = folder / "index.json"
    path = index if index.exists() else folder
    changed = path.stat().st_mtime - days * 24 * 3600
    os.utime(path, (changed, changed))
