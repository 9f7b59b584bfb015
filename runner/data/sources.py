"""Find the arrays of a data set: built in, downloaded, or in files of the user's."""

from dataclasses import replace
from pathlib import Path

from runner.data import digits, download, npz, remote, shipped
from runner.data.arrays import Arrays
from runner.data.image_folder import read as image_folder
from runner.errors import Refused, refusing_unreadable
from runner.files import private_folder
from runner.settings import DatasetSettings

# The built-in data sets, with the shape of their images.
SHAPES = {
    "digits": (8, 8, 1),
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
}
# The names of their classes, where these are more than numbers, as their authors give them.
_CLASS_NAMES = {
    "fashion_mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "cifar10": (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
}


def local_file(settings: DatasetSettings, cache: Path) -> Path | None:
    """Find the user's own file, or folder of images, for this data set; None without one.

    One that has an address is fetched into the cache.

    Raises:
        Refused: `dataset.folder` does not exist, or nothing can be fetched.
    """
    if settings.address is not None:
        return remote.fetch(settings.address, cache)
    if settings.place is not None:
        return shipped.found(settings.place)
    if settings.folder is None:
        return None
    path = settings.folder / f"{settings.name}.npz"
    arrived = shipped.found(path)
    if arrived != path:
        return arrived
    with refusing_unreadable("dataset.folder", settings.folder):
        if not settings.folder.is_dir():
            raise Refused(f"dataset.folder={settings.folder}: no such folder")
        return path if path.exists() else None


def read(settings: DatasetSettings, cache: Path) -> tuple[Arrays, str]:
    """Read the arrays of a data set, and say which file, folder or function they come from.

    Raises:
        ImpossiblePoint: `dataset.limit` leaves too few images.
        Refused: the files are missing, unreadable or inconsistent.
    """
    if settings.name == "image_folder":
        # Only those that are taken are decoded.
        return image_folder.read(settings, cache), str(settings.path)
    pixels = settings.scale != "as_is"
    if settings.name == "digits":
        return digits.read(), "sklearn.datasets.load_digits"
    path = local_file(settings, cache)
    if path is None:
        path = cache / "datasets" / f"{settings.name}.npz"
        download.ensure(settings.name, path)
        private_folder.require(cache, path)
    setting = "dataset.path" if settings.name == "npz" else "dataset.folder"
    arrays = npz.read(path, setting, cache, pixels)
    names = _CLASS_NAMES.get(settings.name, ())
    if names and _are_numbered(arrays, len(names)):
        arrays = replace(arrays, classes=names)
    return arrays, settings.address or str(path)


def _are_numbered(arrays: Arrays, classes: int) -> bool:
    """Tell whether a file that bears the name of a known data set has its labels."""
    both = (arrays.y_train, arrays.y_test)
    return all(labels.dtype.kind in "ui" and labels.max() < classes for labels in both)
