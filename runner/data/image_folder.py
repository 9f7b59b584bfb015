"""Turn a folder that has a folder of images for each class into one .npz file."""

import hashlib
import itertools
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from runner.data import decoding
from runner.errors import Refused, refusing_unreadable
from runner.files.regular_file import UnfitFile, require_regular
from runner.settings import DatasetSettings

# The endings of the files that Keras' reader reads.
_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_PARTS = ("train", "test")

# The images of each class by its name, in the order of the names, which numbers the classes. Paths
# are strings, because tens of thousands of Path objects take a second to sort.
Classes = dict[str, list[str]]


@dataclass(frozen=True)
class _Listing:
    """List the names of the classes, and pairs of an image and the number of its class."""

    classes: list[str]
    train: list[tuple[str, int]]
    test: list[tuple[str, int]]


def ensure(settings: DatasetSettings, cache: Path) -> Path:
    """Decode the images into a file of the cache, unless it is there already.

    Hidden files, and files that do not end as images do, are ignored.

    Args:
        settings: the folder, and how its images are decoded and split.
        cache: folder for downloaded and decoded data sets.

    Returns:
        An .npz file with the four arrays of a data set, and `classes`, the names of the classes.

    Raises:
        Refused: the folder is not laid out as it must be, or an image cannot be read.
    """
    root = settings.path
    with refusing_unreadable("dataset.path", root):
        there = root is not None and root.is_dir()
    if root is None or not there:
        raise Refused(f"dataset.path={root}: no such folder; give one with a folder for each class")
    with refusing_unreadable("dataset.path", root):
        listing = _listing(root, settings.test_share or 0)
        digest = _digest(root, listing, settings)
    path = cache / "datasets" / f"image_folder-{digest}.npz"
    if not path.is_file():
        request = {
            **asdict(listing),
            "size": settings.image_size,
            "color": settings.color,
        }
        decoding.decode(request, root, path)
    return path


def _listing(root: Path, test_share: float) -> _Listing:
    names = [folder.name for folder in _folders(root)]
    generator = np.random.default_rng(0)
    if not any(_folders(root / part) for part in _PARTS if part in names):
        classes = _classes(root, root)
        train, test = _split(root, classes, test_share, generator)
    elif set(names) == set(_PARTS):
        classes, test_classes = (_classes(root, root / part) for part in _PARTS)
        _refuse_different_classes(root, classes, test_classes)
        train, test = list(classes.values()), list(test_classes.values())
    else:
        raise Refused(
            f"dataset.path={root}: has the folders {_first_names(names)}; must have one for each "
            "class, or just train and test, each with one for each class"
        )
    return _Listing(list(classes), _interleave(train, generator), _interleave(test, generator))


def _classes(root: Path, folder: Path) -> Classes:
    subject = f"dataset.path={root}: " + ("" if folder == root else f"{folder.name} ")
    classes = {subfolder.name: _images(subfolder) for subfolder in _folders(folder)}
    if len(classes) < 2:
        raise Refused(
            f"{subject}has class folders: {_first_names(classes) or 'none'}; at least 2 are "
            "needed, each with the images of one class"
        )
    for name, images in classes.items():
        if not images:
            raise Refused(
                f"{subject}has no images in the class folder {name}; "
                f"their names must end in {', '.join(_SUFFIXES)}"
            )
    return classes


def _refuse_different_classes(root: Path, train: Classes, test: Classes) -> None:
    if unmatched := sorted(train.keys() ^ test.keys()):
        raise Refused(
            f"dataset.path={root}: train and test must have the same classes; "
            f"only one of them has {_first_names(unmatched)}"
        )


def _first_names(names: Collection[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(itertools.islice(names, 5)) + more


def _folders(folder: Path) -> list[Path]:
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(path for path in visible if path.is_dir())


def _images(folder: Path) -> list[str]:
    images: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = (name for name in names if not name.startswith("."))
        images += (
            f"{parent}{os.sep}{name}" for name in visible if name.lower().endswith(_SUFFIXES)
        )
    return sorted(images)


def _split(
    root: Path, classes: Classes, share: float, generator: np.random.Generator
) -> tuple[list[list[str]], list[list[str]]]:
    """Set a share of each class aside for the test, and at least one image of it."""
    train, test = [], []
    for name, images in classes.items():
        if len(images) < 2:
            raise Refused(
                f"dataset.path={root}: the class folder {name} has one image; at least 2 are "
                "needed, one of them for the test"
            )
        test_size = min(max(round(len(images) * share), 1), len(images) - 1)
        shuffled = [images[index] for index in generator.permutation(len(images))]
        test.append(shuffled[:test_size])
        train.append(shuffled[test_size:])
    return train, test


def _interleave(
    classes: Sequence[Sequence[str]], generator: np.random.Generator
) -> list[tuple[str, int]]:
    """Shuffle such that any stretch holds the classes in the same proportions.

    The tail of the training images becomes the validation images, and chance alone could leave a
    small class out of it.
    """
    positions = [
        (generator.permutation(len(images)) + generator.random(len(images))) / len(images)
        for images in classes
    ]
    labelled = [(image, label) for label, images in enumerate(classes) for image in images]
    return [labelled[index] for index in np.argsort(np.concatenate(positions), kind="stable")]


def _digest(root: Path, listing: _Listing, settings: DatasetSettings) -> str:
    """Identify the images and how they are decoded, independent of where the folder lies."""
    code = (Path(__file__).with_name(name) for name in ("image_folder.py", "decode_images.py"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in code))
    digest.update(json.dumps([settings.image_size, settings.color, settings.test_share]).encode())
    for image, _ in sorted(listing.train + listing.test):
        status = _status(image)
        name = os.fsencode(image.removeprefix(str(root)))
        digest.update(b"%s\0%d %d\0" % (name, status.st_size, status.st_mtime_ns))
    return digest.hexdigest()[:16]


def _status(image: str) -> os.stat_result:
    try:
        return require_regular(image)
    except UnfitFile as reason:
        raise UnfitFile(f"{image} {reason}") from None
