"""Load a data set as images and labels in three splits, with a digest of its content."""

import functools
import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runner.data import download, image_folder, npz
from runner.data.npz import Array, Arrays
from runner.errors import Refused, refusing_unreadable
from runner.settings import DatasetSettings

# The built-in data sets, with the shape of their images.
SHAPES = {
    "digits": (8, 8, 1),
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
}

# In bytes: the alignment that vector instructions, and so TensorFlow's kernels, require.
_ALIGNMENT = 64


@dataclass(frozen=True)
class Split:
    """Hold images and their labels.

    Attributes:
        images: float32 in [0, 1], shape (N, H, W, C), or (N, ...) in the shape that a model takes.
        labels: int64 from 0, shape (N,).
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """Hold the images for training, for choosing between models, and for testing.

    Attributes:
        name: name of the data set in the settings.
        source: file, folder or function that it comes from.
        train: images to train on.
        validation: images to choose a model by; the tail of the stored training images.
        test: images to report accuracy on.
        classes: number of classes.
        digest: 16 hexadecimal digits that identify the content and the split.
        shift: number of pixels by which training images move at most, at random in every epoch.
    """

    name: str
    source: str
    train: Split
    validation: Split
    test: Split
    classes: int
    digest: str
    shift: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape of one image as loaded: height, width, channels."""
        height, width, channels = self.train.images.shape[1:]
        return height, width, channels

    def with_image_shape(self, shape: tuple[int, ...]) -> "Dataset":
        """Reshape all images to the shape that a model takes, without copying them.

        Args:
            shape: shape of one image, as (784,) for (28, 28, 1).

        Raises:
            ValueError: the two shapes have different numbers of values.
        """
        own_shape = self.train.images.shape[1:]
        if shape == own_shape:
            return self
        if math.prod(shape) != math.prod(own_shape):
            raise ValueError(f"images of shape {own_shape} cannot be taken as {shape}")
        return replace(
            self,
            train=_reshape(self.train, shape),
            validation=_reshape(self.validation, shape),
            test=_reshape(self.test, shape),
        )


def local_file(settings: DatasetSettings) -> Path | None:
    """Find the user's own file, or folder of images, for this data set; None without one.

    Raises:
        Refused: `dataset.folder` does not exist.
    """
    if settings.path is not None:
        return settings.path
    if settings.folder is None:
        return None
    path = settings.folder / f"{settings.name}.npz"
    with refusing_unreadable("dataset.folder", settings.folder):
        if not settings.folder.is_dir():
            raise Refused(f"dataset.folder={settings.folder}: no such folder")
        return path if path.is_file() else None


# The arrays stay in memory: all points of a sweep in this process share them.
@functools.lru_cache(maxsize=4)
def load(settings: DatasetSettings, cache: Path) -> Dataset:
    """Load the data set and split off the validation images, the tail of the training images.

    Args:
        settings: which data set, and the share of its training images to validate on.
        cache: folder for downloaded and decoded data sets.

    Raises:
        Refused: the files are missing, unreadable or inconsistent, or a split is empty.
    """
    arrays, source = _read(settings, cache)
    images, labels = _as_images(arrays.x_train), _as_labels(arrays.y_train)
    train_size = math.floor(len(images) * (1 - settings.validation_share))
    if train_size in (0, len(images)):
        raise Refused(
            f"dataset.validation_share={settings.validation_share}: leaves one split empty "
            f"of {len(images)} training images"
        )
    return Dataset(
        name=settings.name,
        source=source,
        train=Split(images[:train_size], labels[:train_size]),
        validation=Split(images[train_size:], labels[train_size:]),
        test=Split(_as_images(arrays.x_test), _as_labels(arrays.y_test)),
        classes=int(labels.max()) + 1,
        digest=_digest(arrays, train_size),
    )


def _read(settings: DatasetSettings, cache: Path) -> tuple[Arrays, str]:
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


def _reshape(split: Split, shape: tuple[int, ...]) -> Split:
    return replace(split, images=split.images.reshape(-1, *shape))


def _as_images(array: Array) -> NDArray[np.float32]:
    brightest = np.float32(255 if array.dtype.kind in "ui" else 1)
    shape = array.shape if array.ndim == 4 else (*array.shape, 1)
    images = _empty_aligned(shape)
    np.divide(array.reshape(shape), brightest, out=images, dtype=np.float32)
    read_only = images.view()
    read_only.setflags(write=False)
    return read_only


def _empty_aligned(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Allocate at an address that lets TensorFlow use the memory as it is."""
    size = math.prod(shape) * np.dtype(np.float32).itemsize
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(np.float32).reshape(shape)


def _as_labels(array: Array) -> NDArray[np.int64]:
    return array.astype(np.int64).reshape(-1)


def _digest(arrays: Arrays, train_size: int) -> str:
    digest = hashlib.sha256(str(train_size).encode())
    for name in npz.NAMES:
        array = np.ascontiguousarray(getattr(arrays, name))
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()[:16]
