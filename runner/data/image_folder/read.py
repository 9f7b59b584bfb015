"""Read a folder that has a folder of images for each class, decoded once into the cache."""

import functools
import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from runner.data.arrays import Arrays
from runner.data.image_folder import decoding
from runner.data.image_folder.layout import layout
from runner.data.image_folder.listing import Listing
from runner.data.image_folder.room import require_room
from runner.data.image_folder.splits import Rows, split
from runner.data.image_folder.unreadable import refuse_or_tell, without
from runner.data.part import limited_rows
from runner.errors import Refused, refusing_unreadable
from runner.files import array_folder
from runner.files.regular_file import UnfitFile, require_regular
from runner.settings import DatasetSettings

log = logging.getLogger(__name__)

# What decides the pixels, or which of them are in which part.
_CODE = ("decode.py", "layout.py", "listing.py", "picture.py", "read.py", "resize.py", "splits.py")


def read(settings: DatasetSettings, cache: Path) -> Arrays:
    """Read the images of a folder, which are decoded unless they have been.

    Says in one line what there is, and what is ignored: hidden files, what does not end as images
    do, links that lead out of the folder.

    Args:
        settings: the folder, and how its images are decoded and divided.
        cache: folder for downloaded and decoded data sets.

    Raises:
        ImpossiblePoint: `dataset.limit` leaves too few images.
        Refused: the folder is not laid out as it must be, an image cannot be read, or there is no
            room for the pixels.
    """
    root = settings.place
    with refusing_unreadable("dataset.path", root):
        there = root is not None and root.is_dir()
    if root is None or not there:
        raise Refused(f"dataset.path={root}: no such folder; give one with a folder for each class")
    with refusing_unreadable("dataset.path", root):
        listing = Listing.of(root)
        found = layout(root, listing)
        parts = _limited(settings, split(root, found, settings.test_share or 0))
        digest = _digest(listing.root, found.classes, parts, settings)
    images = sum(map(len, parts.values()))
    taken = f"{images:,} are taken (dataset.limit)" if images < found.images else ""
    _show("; ".join(filter(None, (f"{root}: {found.in_words}", taken, listing.ignored_in_words))))

    def make(folder: Path) -> Mapping[str, Any]:
        require_room(settings, cache, images)
        return _make(settings, listing.root, found.classes, parts, folder)

    path = cache / "datasets" / f"image_folder-{digest}"
    decoded = array_folder.obtain(cache, path, make)
    refuse_or_tell(settings, decoded.notes["unreadable"], decoded.notes["images"], path)
    _require_all_classes(settings, decoded)
    classes = tuple(decoded.notes["classes"])
    return Arrays(**decoded.arrays, classes=classes, texts=decoded.texts)


def _limited(settings: DatasetSettings, parts: Mapping[str, Rows]) -> Mapping[str, Rows]:
    """Take at most `dataset.limit` images."""
    labels = {part: np.array([label for _, label in rows]) for part, rows in parts.items()}
    chosen = limited_rows(settings, labels)
    return {part: [parts[part][row] for row in chosen[part]] for part in parts}


def _make(
    settings: DatasetSettings,
    root: str,
    classes: Sequence[str],
    parts: Mapping[str, Rows],
    folder: Path,
) -> Mapping[str, Any]:
    """Write the arrays of all images that can be read, and note the others."""
    files = {part: [file for file, _ in rows] for part, rows in parts.items()}
    faults = decoding.decode(settings, files, folder)
    for part, rows in parts.items():
        labels = np.array([label for _, label in rows])
        np.save(folder / f"y_{part}.npy", np.delete(labels, [*faults[part]]))
        without([*faults[part]], folder / f"x_{part}.npy")
    unreadable = sorted(
        (os.path.relpath(files[part][row], root), reason)
        for part, found in faults.items()
        for row, reason in found.items()
    )
    images = sum(map(len, parts.values()))
    return {"classes": classes, "images": images, "unreadable": unreadable}


def _require_all_classes(settings: DatasetSettings, decoded: array_folder.ArrayFolder) -> None:
    """Require that what is left can be trained on and tested."""
    names = decoded.notes["classes"]
    counts = np.bincount(decoded.arrays["y_train"], minlength=len(names))
    for name, count in zip(names, counts, strict=True):
        if not count:
            raise Refused(
                f"dataset.path={settings.path}: of the class folder {name}, no image to train on "
                "can be read"
            )
    for name, array in decoded.arrays.items():
        if not len(array):
            part = name.partition("_")[2]
            raise Refused(f"dataset.path={settings.path}: no image for {part} can be read")


# A sweep asks for the same folder once for each of its points.
@functools.cache
def _show(line: str) -> None:
    log.info("%s", line)


def _digest(
    root: str, classes: Sequence[str], parts: Mapping[str, Rows], settings: DatasetSettings
) -> str:
    """Identify the images and how they are decoded, independent of where the folder lies."""
    code = (Path(__file__).with_name(name) for name in _CODE)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in code))
    how = [settings.image_size, settings.color, settings.resize, settings.test_share, *classes]
    digest.update(json.dumps(how).encode())
    for part, rows in parts.items():
        digest.update(f"{part} {len(rows)}\0".encode())
        for image, _ in rows:
            status = _status(image)
            name = os.fsencode(image.removeprefix(root))
            # The mode: whoever may read the file now could not before.
            facts = (status.st_size, status.st_mtime_ns, status.st_mode)
            digest.update(b"%s\0%d %d %o\0" % (name, *facts))
    return digest.hexdigest()[:16]


def _status(image: str) -> os.stat_result:
    try:
        return require_regular(image)
    except UnfitFile as reason:
        raise UnfitFile(f"{image} {reason}") from None
