"""A folder with a folder of images for each class goes in; an .npz file with them all comes out."""

import hashlib
import itertools
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from runner.errors import Refused, one_line
from runner.process import isolated
from runner.settings import DatasetSettings

# What Keras' reader takes for an image.
_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_PARTS = ("train", "test")

# The images of each class, by its name, in the order of the names: that numbers the classes. They
# are texts, for tens of thousands of paths take a second to sort.
Classes = dict[str, list[str]]


@dataclass(frozen=True)
class _Listing:
    """The names of the classes; images and the numbers of their classes, in the order kept."""

    classes: list[str]
    train: list[tuple[str, int]]
    test: list[tuple[str, int]]


def ensure(settings: DatasetSettings, cache: Path) -> Path:
    """Decode the images into a file of the cache, unless it is there already, and return it.

    It has the arrays of an .npz data set, and `classes`, their names. Hidden files, and files
    that do not end as images do, are ignored.

    Raises:
        Refused: the folder is not laid out as it must be, or an image cannot be read.
    """
    root = settings.path
    if root is None or not root.is_dir():
        raise Refused(f"dataset.path={root}: no such folder; give one with a folder for each class")
    try:
        listing = _listing(root, settings.test_share or 0)
        digest = _digest(root, listing, settings)
    except OSError as error:
        raise Refused(f"dataset.path={root}: cannot be read ({one_line(error)})") from None
    path = cache / "datasets" / f"image_folder-{digest}.npz"
    if not path.is_file():
        _decode(settings, listing, path)
    return path


def _listing(root: Path, test_share: float) -> _Listing:
    names = [each.name for each in _folders(root)]
    draw = np.random.default_rng(0)
    if not any(_folders(root / part) for part in _PARTS if part in names):
        classes = _classes(root, root)
        train, test = _split(root, classes, test_share, draw)
    elif set(names) == set(_PARTS):
        classes, others = (_classes(root, root / part) for part in _PARTS)
        _must_be_the_same(root, classes, others)
        train, test = list(classes.values()), list(others.values())
    else:
        raise Refused(
            f"dataset.path={root}: has the folders {_some(names)}; must have one for each class, "
            "or just train and test, each with one for each class"
        )
    return _Listing(list(classes), _mixed(train, draw), _mixed(test, draw))


def _classes(root: Path, folder: Path) -> Classes:
    where = f"dataset.path={root}: " + ("" if folder == root else f"{folder.name} ")
    found = {each.name: _images(each) for each in _folders(folder)}
    if len(found) < 2:
        raise Refused(
            f"{where}has class folders: {_some(found) or 'none'}; at least 2 are needed, "
            "each with the images of one class"
        )
    for name, images in found.items():
        if not images:
            raise Refused(
                f"{where}has no images in the class folder {name}; "
                f"their names must end in {', '.join(_SUFFIXES)}"
            )
    return found


def _must_be_the_same(root: Path, train: Classes, test: Classes) -> None:
    if only := sorted(train.keys() ^ test.keys()):
        raise Refused(
            f"dataset.path={root}: train and test must have the same classes; "
            f"only one of them has {_some(only)}"
        )


def _some(names: Collection[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(itertools.islice(names, 5)) + more


def _folders(folder: Path) -> list[Path]:
    visible = (each for each in folder.iterdir() if not each.name.startswith("."))
    return sorted(each for each in visible if each.is_dir())


def _images(folder: Path) -> list[str]:
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = (name for name in names if not name.startswith("."))
        found += (f"{place}{os.sep}{name}" for name in visible if name.lower().endswith(_SUFFIXES))
    return sorted(found)


def _split(
    root: Path, classes: Classes, share: float, draw: np.random.Generator
) -> tuple[list[list[str]], list[list[str]]]:
    """Set the share of each class apart for the test, and at least one image of it."""
    train, test = [], []
    for name, images in classes.items():
        if len(images) < 2:
            raise Refused(
                f"dataset.path={root}: the class folder {name} has one image; at least 2 are "
                "needed, one of them for the test"
            )
        apart = min(max(round(len(images) * share), 1), len(images) - 1)
        drawn = [images[at] for at in draw.permutation(len(images))]
        test.append(drawn[:apart])
        train.append(drawn[apart:])
    return train, test


def _mixed(classes: Sequence[Sequence[str]], draw: np.random.Generator) -> list[tuple[str, int]]:
    """Shuffle such that any stretch holds the classes in the same proportions.

    The tail of the training images becomes the validation images, and chance alone could leave a
    small class out of it.
    """
    places = [
        (draw.permutation(len(each)) + draw.random(len(each))) / len(each) for each in classes
    ]
    labelled = [(image, label) for label, images in enumerate(classes) for image in images]
    return [labelled[at] for at in np.argsort(np.concatenate(places), kind="stable")]


def _digest(root: Path, listing: _Listing, settings: DatasetSettings) -> str:
    """Identify what is decoded, and how, wherever the folder lies."""
    code = (Path(__file__).with_name(name) for name in ("image_folder.py", "decode_images.py"))
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in code))
    digest.update(json.dumps([settings.image_size, settings.color, settings.test_share]).encode())
    for image, _ in sorted(listing.train + listing.test):
        status = Path(image).stat()
        name = os.fsencode(image.removeprefix(str(root)))
        digest.update(b"%s\0%d %d\0" % (name, status.st_size, status.st_mtime_ns))
    return digest.hexdigest()[:16]


def _decode(settings: DatasetSettings, listing: _Listing, path: Path) -> None:
    asked = {**asdict(listing), "size": settings.image_size, "color": settings.color}
    done = isolated.run("runner.data.decode_images", str(path), stdin=json.dumps(asked))
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"decoding ended with {done.returncode}"]
        raise Refused(f"dataset.path={settings.path}: {said[-1]}")
