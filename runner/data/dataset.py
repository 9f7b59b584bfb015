"""The dataset settings go in; float images, integer labels, three splits and a digest come out."""

import functools
import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runner.data import download, image_folder, npz
from runner.data.npz import Array, Arrays
from runner.errors import Refused
from runner.settings import DatasetSettings

# The built-in data sets, with the shape of their images.
SHAPES = {
    "digits": (8, 8, 1),
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
}

# In bytes: what vector instructions want, and TensorFlow's kernels with them.
_ALIGNMENT = 64


@dataclass(frozen=True)
class Split:
    """Images as float32 in [0, 1] of shape (N, H, W, C); labels as int64 of shape (N,).

    Images that a model takes in another shape have that shape: (N, H, W) or (N, H * W * C), say.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """What a model learns from (train), is chosen by (validation) and is judged by (test)."""

    name: str
    source: str
    train: Split
    validation: Split
    test: Split
    classes: int
    digest: str
    # Training images are moved by up to so many pixels, anew in every epoch.
    shift: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one image as loaded: height, width, channels."""
        height, width, channels = self.train.images.shape[1:]
        return height, width, channels

    def with_image_shape(self, shape: tuple[int, ...]) -> "Dataset":
        """Give each image the shape that a model takes, without copying any.

        Raises:
            ValueError: such an image has another number of values.
        """
        loaded = self.train.images.shape[1:]
        if shape == loaded:
            return self
        if math.prod(shape) != math.prod(loaded):
            raise ValueError(f"images of shape {loaded} cannot be taken as {shape}")
        return replace(
            self,
            train=_reshaped(self.train, shape),
            validation=_reshaped(self.validation, shape),
            test=_reshaped(self.test, shape),
        )


def local_file(settings: DatasetSettings) -> Path | None:
    """Find the user's own file, or folder of images, for this data set, if there is one."""
    if settings.path is not None:
        return settings.path
    if settings.folder is None:
        return None
    if not settings.folder.is_dir():
        raise Refused(f"dataset.folder={settings.folder}: no such folder")
    path = settings.folder / f"{settings.name}.npz"
    return path if path.is_file() else None


# The arrays stay in memory: all points of a sweep in this process share them.
@functools.lru_cache(maxsize=4)
def load(settings: DatasetSettings, cache: Path) -> Dataset:
    """Load the data set and split off the validation images, the tail of the training ones.

    Raises:
        Refused: the files are missing, unreadable or inconsistent, or a split is empty.
    """
    stored, source = _stored(settings, cache)
    images, labels = _images(stored.x_train), _labels(stored.y_train)
    kept = math.floor(len(images) * (1 - settings.validation_share))
    if kept in (0, len(images)):
        raise Refused(
            f"dataset.validation_share={settings.validation_share}: leaves one split empty "
            f"of {len(images)} training images"
        )
    return Dataset(
        name=settings.name,
        source=source,
        train=Split(images[:kept], labels[:kept]),
        validation=Split(images[kept:], labels[kept:]),
        test=Split(_images(stored.x_test), _labels(stored.y_test)),
        classes=int(labels.max()) + 1,
        digest=_digest(stored, kept),
    )


def _stored(settings: DatasetSettings, cache: Path) -> tuple[Arrays, str]:
    if settings.name == "digits":
        return _digits(), "sklearn.datasets.load_digits"
    if settings.name == "image_folder":
        return npz.read(image_folder.ensure(settings, cache), "dataset.path"), str(settings.path)
    path = local_file(settings)
    if path is None:
        path = cache / "datasets" / f"{settings.name}.npz"
        download.ensure(settings.name, path)
    setting = "dataset.path" if settings.name == "npz" else "dataset.folder"
    return npz.read(path, setting), str(path)


def _digits() -> Arrays:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        digits.images / 16, digits.target, test_size=0.2, random_state=0, stratify=digits.target
    )
    return Arrays(x_train, y_train, x_test, y_test)


def _reshaped(split: Split, shape: tuple[int, ...]) -> Split:
    return replace(split, images=split.images.reshape(-1, *shape))


def _images(stored: Array) -> NDArray[np.float32]:
    most = np.float32(255 if stored.dtype.kind in "ui" else 1)
    shape = stored.shape if stored.ndim == 4 else (*stored.shape, 1)
    images = _aligned(shape)
    np.divide(stored.reshape(shape), most, out=images, dtype=np.float32)
    seen = images.view()
    seen.setflags(write=False)
    return seen


def _aligned(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Allocate at an address that lets TensorFlow use the memory as it is."""
    size = math.prod(shape) * np.dtype(np.float32).itemsize
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(np.float32).reshape(shape)


def _labels(stored: Array) -> NDArray[np.int64]:
    return stored.astype(np.int64).reshape(-1)


def _digest(stored: Arrays, kept: int) -> str:
    digest = hashlib.sha256(str(kept).encode())
    for name in npz.NAMES:
        array = np.ascontiguousarray(getattr(stored, name))
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()[:16]
