"""Require that the pixels of a folder of images fit on the disk, before any is decoded."""

import math
import shutil
from pathlib import Path

from runner.data.image_folder.decoding import image_shape
from runner.data.npz_bounds import gigabytes
from runner.errors import Refused
from runner.settings import DatasetSettings


def require_room(settings: DatasetSettings, cache: Path, images: int) -> None:
    """Compare the bytes that images take, one a value, with what is free where the cache lies.

    Raises:
        Refused: they are more; names both.
    """
    shape = image_shape(settings)
    needed, free = images * math.prod(shape), shutil.disk_usage(cache).free
    if needed > free:
        raise Refused(
            f"dataset.path={settings.path}: {images:,} images of {'x'.join(map(str, shape))} take "
            f"{gigabytes(needed)} of disk, and cache.folder={cache} has {gigabytes(free)} free; "
            "take smaller ones (dataset.image_size), fewer (dataset.limit), or another cache"
        )
