"""Load the images of a stored run again."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runner.completion.incomplete import Incomplete
from runner.completion.stored_run import StoredRun
from runner.data.dataset import Dataset, load
from runner.errors import RunnerError, one_line
from runner.settings import Settings
from runner.settings.groups import CacheSettings

# Neither TFLite Micro nor the timing of files takes more of them.
_MOST = 1000


def images_as_taken(run: StoredRun) -> NDArray[np.float32]:
    """Return the first test images, float32, shape (N, ...), in the range that its files take.

    Raises:
        Incomplete: the images are not there any more, or are others now.
    """
    data = load_again(run.settings, run.data_digest)
    images = data.test.images[:_MOST]
    return data.scale.pixels(images) if run.settings.dataset.scale_in_file else images


def load_again(settings: Settings, digest: str) -> Dataset:
    """Load the images that a run was made with.

    Args:
        digest: what identifies them.

    Raises:
        Incomplete: they are not there any more, or are others now.
    """
    try:
        data = load(settings.dataset, _cache(settings.cache.folder))
    except (RunnerError, OSError, ValueError) as error:
        raise Incomplete(f"its images cannot be loaded: {one_line(error)}") from None
    if data.digest != digest:
        raise Incomplete(f"dataset={settings.dataset.name} has other images now")
    return data


def _cache(recorded: Path) -> Path:
    # A sweep of another machine may name a folder that nobody has made here, nor should.
    return recorded if recorded.is_dir() else CacheSettings().folder
